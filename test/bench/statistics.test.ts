import { describe, expect, it } from "vitest";
import { geometricMean, growthExponent, median, summarize } from "../../bench/report/statistics.ts";

describe("median", () => {
  it("is the middle value, or between the two middle ones", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it("leaves its argument alone and refuses nothing at all", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
    expect(() => median([])).toThrow("median: no values");
  });
});

describe("summarize", () => {
  it("keeps median, extremes and count", () => {
    expect(summarize([2, 1, 9])).toEqual({ median: 2, min: 1, max: 9, runs: 3 });
  });
});

describe("geometricMean", () => {
  it("lets twice and half as fast cancel out", () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
    expect(geometricMean([1, 10, 100])).toBeCloseTo(10, 12);
    expect(() => geometricMean([])).toThrow("geometricMean: no values");
  });
});

describe("growthExponent", () => {
  it("finds the power of exact curves", () => {
    const curve = (power: number) => [1, 2, 4, 8].map((x) => [x, 3 * x ** power] as const);
    expect(growthExponent(curve(1))).toBeCloseTo(1, 12);
    expect(growthExponent(curve(2))).toBeCloseTo(2, 12);
    expect(growthExponent(curve(0))).toBeCloseTo(0, 12);
  });

  it("needs two different sizes", () => {
    expect(() =>
      growthExponent([
        [2, 1],
        [2, 3],
      ]),
    ).toThrow("needs two different sizes");
  });
});
