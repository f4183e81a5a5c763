import { describe, expect, it } from "vitest";
import { type Dataset, kFold, labelsOf, split } from "../../src/data/index.ts";
import { members, sorted, toy, upTo } from "./toy_dataset.ts";

const counts = (set: Dataset, classes: number) => {
  const found = Array(classes).fill(0);
  for (const label of labelsOf(set)) found[label]++;
  return found;
};

describe("split", () => {
  const set = toy(upTo(103).map((i) => i % 4));

  it("deals every example to exactly one part, in random order", () => {
    const parts = split(set, [0.7, 0.2, 0.1], { seed: 1 });
    expect(parts.map((part) => part.length)).toEqual([72, 21, 10]);
    expect(sorted(parts.flatMap(members))).toEqual(upTo(103));
    expect(members(parts[0])).not.toEqual(sorted(members(parts[0])));
  });

  it("depends on the seed alone", () => {
    const first = (seed?: number) => members(split(set, [0.5, 0.5], { seed })[0]);
    expect(first(3)).toEqual(first(3));
    expect(first(3)).not.toEqual(first(4));
    expect(first()).toEqual(first(0));
  });

  it("takes counts, and leaves out what the parts don't ask for", () => {
    const lengths = (parts: number[], stratify = false) =>
      split(set, parts, { stratify }).map((part) => part.length);
    expect(lengths([100, 3])).toEqual([100, 3]);
    expect(lengths([10, 1])).toEqual([10, 1]);
    expect(lengths([0.5])).toEqual([52]);
    expect(lengths([10, 20, 30], true)).toEqual([10, 20, 30]);
    expect(lengths([1])).toEqual([103]);
  });

  it("gives each part the same mixture of classes when stratified", () => {
    const uneven = toy([...Array(100).fill(0), ...Array(50).fill(1), ...Array(10).fill(2)]);
    const parts = split(uneven, [0.8, 0.1, 0.1], { stratify: true, seed: 2 });
    expect(sorted(parts.flatMap(members))).toEqual(upTo(160));
    [0.8, 0.1, 0.1].forEach((fraction, i) => {
      counts(parts[i], 3).forEach((count, label) => {
        expect(Math.abs(count - fraction * [100, 50, 10][label])).toBeLessThanOrEqual(1);
      });
    });
    const inOrder = members(parts[1]);
    expect(inOrder).not.toEqual(sorted(inOrder)); // not class by class
  });

  it("says what can't be", () => {
    expect(() => split(set, [0.8, 0.3])).toThrow(
      "split: the parts [0.8, 0.3] add up to more than 1",
    );
    expect(() => split(set, [100, 4])).toThrow("add up to more than the 103 examples");
    expect(() => split(set, [0.5, 0])).toThrow("must be positive numbers");
    expect(() => split(set, [])).toThrow("must be positive numbers");
    expect(() => split(toy([0, 0]), [0.9, 0.1])).toThrow(
      "the parts [0.9, 0.1] of 2 examples leave part 1 empty",
    );
    expect(() => split(set, [0.5], { shuffle: true } as object)).toThrow(
      "the options are seed, stratify",
    );
  });

  it("asks for labels it can't see", () => {
    expect(() => split(toy([0, 1], { async: true }), [0.5], { stratify: true })).toThrow(
      'get() is asynchronous: give it a "labels" array',
    );
    const stated = { ...toy([0, 1], { async: true }), labels: [0, 1] };
    expect(split(stated, [0.5, 0.5], { stratify: true }).map((part) => part.length)).toEqual([
      1, 1,
    ]);
    expect(() => split({ ...stated, labels: [0] }, [0.5], { stratify: true })).toThrow(
      'the dataset holds 2 examples, but its "labels" are 1',
    );
  });
});

describe("kFold", () => {
  it("validates every example exactly once and never trains on it in that fold", () => {
    const set = toy(upTo(23).map((i) => i % 3));
    for (const stratify of [false, true]) {
      const folds = kFold(set, 5, { seed: 1, stratify });
      expect(sorted(folds.flatMap((fold) => members(fold.validation)))).toEqual(upTo(23));
      for (const { train, validation } of folds) {
        expect(sorted([...members(train), ...members(validation)])).toEqual(upTo(23));
        expect([4, 5]).toContain(validation.length);
      }
    }
  });

  it("keeps the mixture of classes when stratified", () => {
    const set = toy([...Array(40).fill(0), ...Array(10).fill(1)]);
    for (const { validation } of kFold(set, 5, { stratify: true })) {
      expect(counts(validation, 2)).toEqual([8, 2]);
    }
  });

  it("refuses a k it can't do", () => {
    expect(() => kFold(toy([0, 0, 0]), 4)).toThrow("k must be from 2 to 3 (the examples), got 4");
    expect(() => kFold(toy([0, 0, 0]), 1)).toThrow("got 1");
  });
});
