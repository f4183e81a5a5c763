import { describe, expect, it } from "vitest";
import { type Dataset, fromArrays } from "../../src/data/index.ts";
import { absentClasses, parts, thinClasses } from "../../src/finetune/data/division.ts";
import { openGiven } from "../../src/finetune/data/given.ts";

const classes = ["ant", "bee", "cat"];

function setOf(...labels: number[]) {
  const images = labels.map(() => new Uint8Array(12));
  return fromArrays(images, [3, 2, 2], labels, { classes });
}

describe("thinClasses", () => {
  it("says which classes have too few pictures, and for what", () => {
    expect(thinClasses(classes, setOf(0, 0, 1), setOf(0, 2))).toEqual([
      "no picture is left to train on of cat",
      "only one picture to train on of bee",
      "no picture to validate with of bee",
    ]);
    expect(thinClasses(classes, setOf(0, 0, 1, 1, 2, 2), setOf(0, 1, 2))).toEqual([]);
    const later = { length: 2, classes, get: () => setOf(0).get(0) };
    expect(thinClasses(classes, later, later)).toEqual([]);
    expect(absentClasses(setOf(1))).toEqual(["ant", "cat"]);
  });
});

describe("parts", () => {
  it("holds a fifth out, or as much as is asked for", async () => {
    const source = await openGiven({
      train: setOf(...Array.from({ length: 30 }, (_, i) => i % 3)),
    });
    const sizes = async (settings: { valSplit?: number }) =>
      (await parts(source, settings, { size: 2 })).map(({ length }) => length);
    expect(await sizes({})).toEqual([24, 6]);
    expect(await sizes({ valSplit: 0.5 })).toEqual([15, 15]);
  });

  it("keeps pictures together whose names match alike", async () => {
    const labels = Array.from({ length: 30 }, (_, i) => i % 3);
    const nameOf = (i: number) => `${classes[i % 3]}/person${Math.floor(i / 5)}_${i}.jpg`;
    const source = await openGiven({ train: Object.assign(setOf(...labels), { nameOf }) });
    const people = async (groupBy?: string) => {
      const held = (await parts(source, { groupBy, valSplit: 0.3 }, { size: 2 })) as Dataset[];
      const who = held.map((set) =>
        Array.from({ length: set.length }, (_, i) => /person\d/.exec(set.nameOf!(i)!)![0]),
      );
      return new Set(who[0]!.filter((person) => who[1]!.includes(person))).size;
    };
    expect(await people()).toBeGreaterThan(0);
    expect(await people("person[0-9]+")).toBe(0);
    await expect(people("person(")).rejects.toThrow(/groupBy person\(: Invalid regular expression/);
  });

  it("says so where there are too few to hold any out", async () => {
    const source = await openGiven({ name: "two", train: setOf(0, 1) });
    await expect(parts(source, {}, { size: 2 })).rejects.toThrow(
      "two: 2 pictures are too few to hold out a share of 0.2 for validation: add some, or name others with validation",
    );
  });
});
