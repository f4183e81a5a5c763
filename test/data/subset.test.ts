import { describe, expect, it } from "vitest";
import {
  classWeights,
  concat,
  labelsOf,
  perClass,
  selectClasses,
  subset,
} from "../../src/data/index.ts";
import { members, sorted, toy } from "./toy_dataset.ts";

const classes = ["cat", "dog", "owl"];
const set = toy([0, 0, 0, 0, 1, 1, 1, 2, 2], { classes });

describe("subset", () => {
  it("shows chosen examples in order, also of a subset", () => {
    const part = subset(set, [8, 0, 0, 4]);
    expect(members(part)).toEqual([8, 0, 0, 4]);
    expect([...labelsOf(part)]).toEqual([2, 0, 0, 1]);
    expect(members(subset(part, [3, 0]))).toEqual([4, 8]);
    expect(part.classes).toBe(classes);
  });

  it("names an index outside", () => {
    expect(() => subset(set, [0, 9])).toThrow("index 9 lies outside a dataset of 9 examples");
    expect(() => subset(set, [0.5])).toThrow("index 0.5 lies outside");
    expect(() => subset(set, [0]).get(1)).toThrow("index 1 lies outside a dataset of 1 examples");
  });
});

describe("perClass", () => {
  it("draws n of each class by seed", () => {
    const few = perClass(set, 2, { seed: 1 });
    expect(sorted(labelsOf(few))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(new Set(members(few)).size).toBe(6);
    expect(members(perClass(set, 2, { seed: 1 }))).toEqual(members(few));
    const draws = [1, 2, 3, 4, 5].map((seed) => String(members(perClass(set, 2, { seed }))));
    expect(new Set(draws).size).toBeGreaterThan(1);
  });

  it("names the class that has too few", () => {
    expect(() => perClass(set, 3)).toThrow(
      'perClass: class 2 ("owl") has 2 examples, 3 were asked for',
    );
    expect(() => perClass(set, 0)).toThrow("n must be 1 or more, got 0");
  });
});

describe("selectClasses", () => {
  it("renumbers by the given order, by name or label", () => {
    const chosen = selectClasses(set, ["owl", "cat"]);
    expect(members(chosen)).toEqual([0, 1, 2, 3, 7, 8]);
    expect([...labelsOf(chosen)]).toEqual([1, 1, 1, 1, 0, 0]);
    expect(chosen.get(5)).toMatchObject({ label: 0 });
    expect(chosen.classes).toEqual(["owl", "cat"]);
    expect(selectClasses(toy([0, 1, 2]), [2]).classes).toEqual(["2"]);
  });

  it("relabels asynchronous examples too", async () => {
    const later = { ...toy([0, 1], { classes: ["a", "b"], async: true }), labels: [0, 1] };
    expect((await selectClasses(later, ["b"]).get(0)).label).toBe(0);
  });

  it("names a class that isn't there", () => {
    expect(() => selectClasses(set, ["bat"])).toThrow(
      'no class "bat"; the classes are cat, dog, owl',
    );
    expect(() => selectClasses(set, [3])).toThrow("no class 3");
    expect(() => selectClasses(set, ["cat", 0])).toThrow(
      'expected different classes, got ["cat",0]',
    );
  });
});

describe("concat", () => {
  it("joins in order and keeps names", async () => {
    const named = { ...toy([1], { classes }), nameOf: () => "b/1.jpg", labels: [1] };
    const both = concat([subset(set, [7, 8]), named, subset(set, [0])]);
    expect(members(both)).toEqual([7, 8, 0, 0]);
    expect([...labelsOf(both)]).toEqual([2, 2, 1, 0]);
    expect(both.nameOf?.(2)).toBe("b/1.jpg");
    expect(both.nameOf?.(3)).toBe("index 0 of the whole set");
    expect(() => both.get(4)).toThrow("index 4 lies outside a dataset of 4 examples");
  });

  it("refuses other classes and nothing", () => {
    expect(() => concat([set, toy([0], { classes: ["x"] })])).toThrow(
      'concat: dataset 1 has the classes ["x"], dataset 0 has ["cat","dog","owl"]',
    );
    expect(() => concat([])).toThrow("no datasets");
  });
});

describe("classWeights", () => {
  it("is in inverse proportion to the counts, with mean 1", () => {
    const weights = classWeights(set);
    expect(weights[1] / weights[0]).toBeCloseTo(4 / 3, 6);
    expect(weights[2] / weights[0]).toBeCloseTo(4 / 2, 6);
    expect((weights[0] + weights[1] + weights[2]) / 3).toBeCloseTo(1, 6);
  });

  it("names a class without examples", () => {
    expect(() => classWeights(toy([0, 2], { classes }))).toThrow('class 1 ("dog") has no examples');
  });
});
