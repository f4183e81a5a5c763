// Examples without a class, label −100: no error, and no class of their own. No GPU needed.
import { describe, expect, it } from "vitest";
import { data } from "../../src/index.ts";

const LABELS = [0, 1, -100, 1, 0, -100, 1, 0];
const set = data.fromArrays(new Float32Array(8), [1, 1, 1], LABELS, { classes: ["a", "b"] });
const labelsIn = (part: data.Dataset) => Array.from(part.labels!).sort();

describe("label −100", () => {
  it("is in a dataset and its batches as it is", async () => {
    const seen: number[] = [];
    for await (const { labels } of new data.BatchSource(set, { batchSize: 3 }))
      seen.push(...labels);
    expect(seen).toEqual(LABELS);
  });

  it("counts in no class weight, and is drawn by no balanced sampler", () => {
    expect([...data.classWeights(set)]).toEqual([1, 1]);
    const drawn = [...data.classBalancedSampler(set, { numSamples: 200 }).indices(0)];
    expect(drawn.filter((i) => LABELS[i] === -100)).toEqual([]);
  });

  it("is spread over the parts of a stratified split", () => {
    const [a, b] = data.split(set, [0.5, 0.5], { stratify: true, seed: 1 });
    expect(labelsIn(a!).filter((label) => label === -100)).toHaveLength(1);
    expect([...labelsIn(a!), ...labelsIn(b!)].sort()).toEqual([...LABELS].sort());
  });

  it("alone is let through: −1 and others are named", () => {
    expect(() => data.fromArrays(new Float32Array(1), [1, 1, 1], [-1])).toThrow(/label -1 is out/);
  });
});

describe("a last batch that is too small", () => {
  const sizes = async (options: ConstructorParameters<typeof data.BatchSource>[1]) => {
    const found: number[] = [];
    for await (const { indices } of new data.BatchSource(set, options)) found.push(indices.length);
    return found;
  };

  it("joins the one before it", async () => {
    expect(await sizes({ batchSize: 7, minBatch: 2 })).toEqual([8]);
    expect(await sizes({ batchSize: 3, minBatch: 2 })).toEqual([3, 3, 2]);
    expect(await sizes({ batchSize: 3, minBatch: 3 })).toEqual([3, 5]);
    expect(await sizes({ batchSize: 9, minBatch: 9 })).toEqual([8]);
    expect(await sizes({ batchSize: 3, minBatch: 3, dropLast: true })).toEqual([3, 3]);
    await expect(sizes({ minBatch: 0 })).rejects.toThrow(/minBatch must be a whole number from 1/);
  });
});
