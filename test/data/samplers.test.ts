import { describe, expect, it } from "vitest";
import {
  classBalancedSampler,
  fromArrays,
  perClass,
  RandomSampler,
  SequentialSampler,
  WeightedRandomSampler,
} from "../../src/data/index.ts";
import { mistyped } from "../mistyped.ts";
import { sorted, toy, upTo } from "./toy_dataset.ts";

describe("samplers", () => {
  it("SequentialSampler counts up", () => {
    expect([...new SequentialSampler(4).indices()]).toEqual([0, 1, 2, 3]);
  });

  it("RandomSampler orders anew each epoch, by seed and epoch alone", () => {
    const sampler = new RandomSampler(20, { seed: 7 });
    expect(sorted(sampler.indices(0))).toEqual(upTo(20));
    expect(sampler.indices(0)).not.toEqual(sampler.indices(1));
    expect(sampler.indices(1)).toEqual(new RandomSampler(20, { seed: 7 }).indices(1));
    expect(sampler.indices(1)).not.toEqual(new RandomSampler(20, { seed: 8 }).indices(1));
  });

  it("WeightedRandomSampler draws in proportion, weight 0 never", () => {
    const sampler = new WeightedRandomSampler([0, 1, 0, 3, 0], { numSamples: 8000, seed: 1 });
    expect(sampler.length).toBe(8000);
    const counts = [0, 0, 0, 0, 0];
    for (const index of sampler.indices(0)) counts[index]++;
    expect([counts[0], counts[2], counts[4]]).toEqual([0, 0, 0]);
    expect(Math.abs(counts[1] - 2000)).toBeLessThan(160); // 4 sigma
    expect(sampler.indices(0)).toEqual(sampler.indices(0));
  });

  it("WeightedRandomSampler names a weight it can't use", () => {
    expect(() => new WeightedRandomSampler([1, -1])).toThrow("weight 1 is -1, expected 0 or more");
    expect(() => new WeightedRandomSampler([Number.NaN])).toThrow("weight 0 is NaN");
    expect(() => new WeightedRandomSampler([0, 0])).toThrow("no weight is above 0");
  });

  it("name an unknown option", () => {
    expect(() => new RandomSampler(3, mistyped({ sed: 1 }))).toThrow(/RandomSampler.*"sed"/);
    expect(() => new WeightedRandomSampler([1], mistyped({ count: 1 }))).toThrow(/numSamples/);
    expect(() => new WeightedRandomSampler([1], { numSamples: -1 })).toThrow(
      "numSamples must be a whole number of at least 1, got -1",
    );
    expect(() => perClass(toy([0]), 1, mistyped({ sed: 1 }))).toThrow(/perClass.*"sed"/);
    expect(() => fromArrays([1], [1, 1, 1], [0], mistyped({ class: 1 }))).toThrow(/classes/);
  });

  it("classBalancedSampler shows rare classes as often as frequent ones", () => {
    const labels = [...Array(900).fill(0), ...Array(100).fill(1)];
    const drawn = classBalancedSampler(toy(labels), { numSamples: 4000 }).indices(3);
    const rare = drawn.filter((index) => labels[index] === 1).length;
    expect(Math.abs(rare - 2000)).toBeLessThan(130);
  });
});
