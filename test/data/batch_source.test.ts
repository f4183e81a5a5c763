import { describe, expect, it } from "vitest";
import {
  type Batch,
  BatchSource,
  type Dataset,
  fromArrays,
  SequentialSampler,
} from "../../src/data/index.ts";
import { mistyped } from "../mistyped.ts";
import { sorted, toy, upTo } from "./toy_dataset.ts";

async function epoch(source: BatchSource): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of source) batches.push(batch);
  return batches;
}

const indices = (batches: Batch[]) => batches.flatMap((batch) => [...batch.indices]);
const soon = () => new Promise((done) => setTimeout(done, 5));

describe("BatchSource", () => {
  it("puts examples side by side", async () => {
    const pixels = Float32Array.from(upTo(20));
    const source = new BatchSource(fromArrays(pixels, [1, 2, 2], [4, 3, 2, 1, 0]), {
      batchSize: 2,
    });
    const batches = await epoch(source);
    expect(source.length).toBe(3);
    expect(batches.map((batch) => batch.shape)).toEqual([
      [2, 1, 2, 2],
      [2, 1, 2, 2],
      [1, 1, 2, 2],
    ]);
    expect(batches[1].images).toEqual(pixels.slice(8, 16));
    expect([...batches[1].labels]).toEqual([2, 1]);
    expect([...batches[2].indices]).toEqual([4]);
    expect(batches[2]).toMatchObject({ epoch: 0, index: 2 });
  });

  it("keeps bytes as bytes, takes asynchronous datasets, drops the rest when asked", async () => {
    const source = new BatchSource(toy([0, 1, 0, 1, 0], { async: true }), {
      batchSize: 2,
      dropLast: true,
    });
    expect(source.length).toBe(2);
    const batches = await epoch(source);
    expect(batches.map((batch) => batch.images)).toEqual([
      Uint8Array.of(0, 1),
      Uint8Array.of(2, 3),
    ]);
  });

  it("shuffles by seed and epoch; each iteration is the next epoch; setEpoch goes back", async () => {
    const make = (seed: number) =>
      new BatchSource(toy(Array(12).fill(0)), { batchSize: 5, shuffle: true, seed });
    const source = make(1);
    const first = await epoch(source);
    const second = await epoch(source);
    expect(sorted(indices(first))).toEqual(upTo(12));
    expect(indices(first)).not.toEqual(indices(second));
    expect(second[0].epoch).toBe(1);
    source.setEpoch(0);
    expect(indices(await epoch(source))).toEqual(indices(first));
    expect(indices(await epoch(make(1)))).toEqual(indices(first));
    expect(indices(await epoch(make(2)))).not.toEqual(indices(first));
  });

  it("gives the same batches whatever the prefetch", async () => {
    for (const prefetch of [0, 1, 5]) {
      const source = new BatchSource(toy(Array(9).fill(0)), {
        batchSize: 2,
        shuffle: true,
        prefetch,
      });
      expect(indices(await epoch(source))).toEqual(
        indices(
          await epoch(new BatchSource(toy(Array(9).fill(0)), { batchSize: 2, shuffle: true })),
        ),
      );
    }
  });

  it("assembles that many batches ahead, and no more", async () => {
    const seen: number[] = [];
    const dataset = toy(Array(10).fill(0), { onGet: (index) => seen.push(index), async: true });
    const batches = new BatchSource(dataset, { prefetch: 2 })[Symbol.asyncIterator]();
    await batches.next();
    await soon();
    expect(seen).toEqual([0, 1, 2]);
    await batches.next();
    await soon();
    expect(seen).toEqual([0, 1, 2, 3]);
    await batches.return();
    await soon();
    expect(seen).toHaveLength(4);
  });

  it("follows a sampler", async () => {
    const sampler = { length: 4, indices: (n: number) => Int32Array.of(n, n, 5, 0) };
    const source = new BatchSource(toy(Array(6).fill(0)), { sampler, batchSize: 3 });
    expect(indices(await epoch(source))).toEqual([0, 0, 5, 0]);
    expect(indices(await epoch(source))).toEqual([1, 1, 5, 0]);
  });

  it("fails in its turn, naming the example, without an unhandled rejection", async () => {
    const dataset: Dataset = {
      length: 4,
      get: async (i) => {
        if (i === 2) throw new Error("photos/2.jpg: damaged");
        return { image: Uint8Array.of(i), shape: [1, 1, 1], label: 0 };
      },
    };
    const seen: number[] = [];
    const run = async () => {
      for await (const batch of new BatchSource(dataset, { prefetch: 3 })) {
        await soon();
        seen.push(batch.indices[0]);
      }
    };
    await expect(run()).rejects.toThrow("photos/2.jpg: damaged");
    expect(seen).toEqual([0, 1]);
  });

  it("names images that don't fit together", async () => {
    const shapes: [number, number, number][] = [
      [1, 2, 2],
      [1, 2, 3],
    ];
    const dataset: Dataset = {
      length: 2,
      get: (i) => ({ image: new Uint8Array(shapes[i][2] * 2), shape: shapes[i], label: 0 }),
      nameOf: (i) => `${i}.png`,
    };
    await expect(epoch(new BatchSource(dataset, { batchSize: 2 }))).rejects.toThrow(
      "images of one batch must have one shape: example 0 (0.png) is 1×2×2 bytes, " +
        "example 1 (1.png) is 1×2×3 bytes; load them in one size",
    );
    const kinds = [new Uint8Array(1), new Float32Array(1)];
    const mixed: Dataset = {
      length: 2,
      get: (i) => ({ image: kinds[i], shape: [1, 1, 1], label: 0 }),
    };
    await expect(epoch(new BatchSource(mixed, { batchSize: 2 }))).rejects.toThrow(
      "example 0 is 1×1×1 bytes, example 1 is 1×1×1 floats",
    );
  });

  it("names an example that is none", async () => {
    const short: Dataset = {
      length: 1,
      get: () => ({ image: new Uint8Array(3), shape: [1, 2, 2], label: 0 }),
    };
    await expect(epoch(new BatchSource(short))).rejects.toThrow(
      "example 0: expected a Uint8Array or Float32Array that fills [channels, height, width], got a Uint8Array of 3 for [1,2,2]",
    );
    const labelled = toy([0, 7], { classes: ["a", "b"] });
    await expect(epoch(new BatchSource(labelled, { batchSize: 2 }))).rejects.toThrow(
      "example 1: label 7 is out of range; the dataset has 2 classes, so labels go from 0 to 1",
    );
  });

  it("says what is no dataset", () => {
    expect(() => new BatchSource(mistyped([1, 2]))).toThrow(/"length" and get\(index\), not Array/);
    expect(() => new BatchSource(mistyped(undefined))).toThrow(/not undefined/);
  });

  it("refuses options that can't be", () => {
    const one = toy([0]);
    expect(() => new BatchSource(one, { batchsize: 2 } as object)).toThrow(
      'DataLoader: unknown option "batchsize"',
    );
    expect(() => new BatchSource(one, { batchSize: 0 })).toThrow(
      "batchSize must be a whole number from 1 up, got 0",
    );
    expect(() => new BatchSource(one, { prefetch: -1 })).toThrow(
      "prefetch must be a whole number from 0 up",
    );
    expect(
      () => new BatchSource(one, { shuffle: true, sampler: new SequentialSampler(1) }),
    ).toThrow('"sampler" and "shuffle" exclude each other');
    expect(() => new BatchSource(toy([]))).toThrow("no batch of 1 in a dataset of 0 examples");
    expect(() => new BatchSource(one, { batchSize: 2, dropLast: true })).toThrow(
      'no batch of 2 in a dataset of 1 examples with "dropLast"',
    );
    expect(() => new BatchSource(one).setEpoch(-1)).toThrow("epoch must be a whole number");
  });
});
