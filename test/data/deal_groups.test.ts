// Parts and folds of whole groups: scikit-learn's.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kFold, split } from "../../src/data/index.ts";
import { members, sorted, toy, upTo } from "./toy_dataset.ts";

interface Folds {
  labels: number[];
  groups: number[];
  stratified: number[][];
  plain: number[][];
}

const golden: Folds[] = JSON.parse(
  readFileSync(new URL("../golden/folds.json", import.meta.url), "utf8"),
).cases.examples;

/** Which of several empty folds a group comes to is a matter of rounding. */
const inOrder = (folds: readonly number[][]) => [...folds].sort(([a], [b]) => a! - b!);

describe.each(golden.map((given, i) => ({ i, ...given })))(
  "example $i",
  ({ labels, groups, stratified, plain }) => {
    it.each([
      ["StratifiedGroupKFold", true, stratified],
      ["GroupKFold", false, plain],
    ] as const)("folds are those of %s, whatever the seed", (_, stratify, expected) => {
      for (const seed of [0, 7]) {
        const folds = kFold(toy(labels), expected.length, { groups, stratify, seed });
        const dealt = folds.map(({ validation }) => sorted(members(validation)));
        expect(inOrder(dealt)).toEqual(inOrder(expected));
        for (const { train, validation } of folds)
          expect(sorted([...members(train), ...members(validation)])).toEqual(upTo(labels.length));
      }
    });
  },
);

describe("split by groups", () => {
  // 40 people with 1 to 6 pictures each, of two classes.
  const people = upTo(40).flatMap((person) => Array<number>(1 + ((person * 7) % 6)).fill(person));
  const labels = people.map((person, i) => (i + (person % 3)) % 2);
  const set = toy(labels);

  it("keeps every person in one part, near the sizes and mixtures asked for", () => {
    const parts = split(set, [0.6, 0.2, 0.1], { groups: people, stratify: true, seed: 3 });
    const who = parts.map((part) => new Set(members(part).map((i) => people[i])));
    expect(new Set(who.flatMap((some) => [...some])).size).toBe(
      who.reduce((sum, { size }) => sum + size, 0),
    );
    [0.6, 0.2, 0.1].forEach((share, i) => {
      const own = members(parts[i]!);
      expect(Math.abs(own.length - share * labels.length)).toBeLessThan(6);
      const ones = own.filter((index) => labels[index] === 1).length;
      expect(Math.abs(ones / own.length - 0.5)).toBeLessThan(0.1);
    });
    const [first] = split(set, [0.6, 0.4], { groups: people, seed: 1 });
    expect(members(first!)).not.toEqual(sorted(members(first!)));
  });

  it("takes a function of the example's name", () => {
    const named = { ...set, nameOf: (i: number) => `cat/person${people[i]}_${i}.jpg` };
    const groups = (_: number, name = "") => /person\d+/.exec(name)![0];
    const [byName] = split(named, [0.5, 0.5], { groups, seed: 2 });
    expect(members(byName!)).toEqual(
      members(split(set, [0.5, 0.5], { groups: people, seed: 2 })[0]!),
    );
  });

  it("says what can't be", () => {
    const of = (groups: never) => () => split(set, [0.5, 0.5], { groups });
    expect(of([1, 2] as never)).toThrow(
      `2 groups for ${labels.length} examples; give one for each`,
    );
    expect(of((() => undefined) as never)).toThrow(
      /the group of example 0 is undefined; it must be/,
    );
    expect(of(people.map(() => 1) as never)).toThrow(
      "split: 1 groups are too few: part 1 got none",
    );
  });
});
