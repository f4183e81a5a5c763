import { describe, expect, it } from "vitest";
import {
  DIGITS,
  digits,
  drawn,
  GlyphSet,
  LETTERS,
  letters,
  printed,
} from "../../../src/data/glyphs/index.ts";
import { parsePath } from "../../../src/data/glyphs/path.ts";

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe("the alphabets", () => {
  it("hold 37 letters and 10 digits, none of them in both", () => {
    expect(Object.keys(LETTERS)).toHaveLength(37);
    expect(Object.keys(DIGITS).join("")).toBe("0123456789");
  });

  it("stay in their boxes, but for tails", () => {
    for (const variants of [...Object.values(LETTERS), ...Object.values(DIGITS)]) {
      for (const { x, y } of variants.flatMap(parsePath).flat()) {
        expect(Math.abs(x)).toBeLessThan(0.55);
        expect(Math.abs(y)).toBeLessThan(0.6);
      }
    }
  });
});

describe("GlyphSet", () => {
  const set = new GlyphSet({ alphabet: DIGITS, style: drawn, perClass: 3, seed: 7 });

  it("deals the classes in turn", () => {
    expect(set.length).toBe(30);
    expect(Array.from(set.labels.subarray(8, 12))).toEqual([8, 9, 0, 1]);
    expect(set.get(13).label).toBe(3);
    expect(set.nameOf(13)).toBe('drawing 1 of "3"');
  });

  it("draws RGB bytes that depend on seed and index alone", () => {
    const { image, shape } = set.get(4);
    expect(shape).toEqual([3, 32, 32]);
    expect(image).toHaveLength(3 * 32 * 32);
    set.get(5);
    expect(set.get(4).image).toEqual(image);
    expect(set.get(14).image).not.toEqual(image);
    const other = new GlyphSet({ alphabet: DIGITS, style: drawn, perClass: 3, seed: 8 });
    expect(other.get(4).image).not.toEqual(image);
  });

  it("draws any size", () => {
    const large = new GlyphSet({ alphabet: LETTERS, style: printed, perClass: 1, size: 96 });
    expect(large.get(36).image).toHaveLength(3 * 96 * 96);
  });

  it("shows ink on every picture", () => {
    for (let i = 0; i < set.length; i++) {
      const image = Float64Array.from(set.get(i).image);
      const level = mean(image);
      const spread = Math.sqrt(mean(image.map((value) => (value - level) ** 2)));
      expect(spread, set.nameOf(i)).toBeGreaterThan(8);
    }
  });

  it("refuses impossible options and indices", () => {
    const base = { alphabet: DIGITS, style: drawn };
    expect(() => new GlyphSet({ ...base, perClass: 0 })).toThrow(
      "GlyphSet: perClass must be a whole number of at least 1, got 0",
    );
    expect(() => new GlyphSet({ ...base, perClass: 1, size: 1.5 })).toThrow("size must be a whole");
    expect(() => new GlyphSet({ ...base, alphabet: {}, perClass: 1 })).toThrow("alphabet is empty");
    expect(() => set.get(30)).toThrow("index 30 lies outside a dataset of 30 examples");
  });
});

describe("digits and letters", () => {
  it("test on other pictures than they train on", () => {
    const { train, test } = digits({ perClass: 2, testPerClass: 2 });
    expect(test.length).toBe(20);
    for (let i = 0; i < test.length; i++) {
      for (let j = 0; j < train.length; j++) {
        expect(test.get(i).image).not.toEqual(train.get(j).image);
      }
    }
  });

  it("have sizes that can be chosen", () => {
    expect(letters({ perClass: 2 }).train.length).toBe(74);
    expect(digits().train.length).toBe(120);
    expect(digits({ perClass: undefined, size: 16 }).test.shape).toEqual([3, 16, 16]);
  });

  it("come drawn or printed", () => {
    const [drawing, print] = (["drawn", "printed"] as const).map((style) => digits({ style }));
    expect(drawing.train.get(0).image).toEqual(digits().train.get(0).image);
    expect(print.train.get(0).image).not.toEqual(drawing.train.get(0).image);
    expect(print.train.classes).toEqual(drawing.train.classes);
  });

  it("refuse what they don't know", () => {
    const style = "painted" as "drawn";
    expect(() => digits({ style })).toThrow(
      'digits: style must be "drawn" or "printed", not "painted"',
    );
    expect(() => letters({ count: 3 } as object)).toThrow('letters: unknown option "count"');
  });
});
