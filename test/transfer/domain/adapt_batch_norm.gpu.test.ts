import { describe, expect, it } from "vitest";
import { data, nn, type Tensor, tensor, transfer } from "../../../src/index.ts";
import { expectClose } from "../../ops/compare.ts";

const count = 7;
const pixels = Float32Array.from(
  { length: count * 2 * 3 * 3 },
  (_, i) => Math.sin(i * 1.3) * 2 + 1,
);
const images = data.fromArrays(pixels, [2, 3, 3], new Int32Array(count));

function network(): { model: nn.Sequential; norm: nn.BatchNorm2d } {
  const norm = new nn.BatchNorm2d(2);
  return { model: new nn.Sequential(norm, new nn.Dropout(0.5), new nn.Flatten()), norm };
}

/** Of each channel over batches of three images: means and unbiased variances, averaged by their images. */
function expectedStatistics(batches: readonly (readonly [number, number])[]) {
  const statistics = [0, 1].map((channel) => {
    let [mean, variance] = [0, 0];
    for (const [from, to] of batches) {
      const values: number[] = [];
      for (let n = from; n < to; n++)
        for (let i = 0; i < 9; i++) values.push(pixels[n * 18 + channel * 9 + i]!);
      const own = values.reduce((a, b) => a + b) / values.length;
      const spread = values.reduce((a, b) => a + (b - own) ** 2, 0) / (values.length - 1);
      mean += (own * (to - from)) / count;
      variance += (spread * (to - from)) / count;
    }
    return [mean, variance] as const;
  });
  return { mean: statistics.map(([mean]) => mean), variance: statistics.map(([, v]) => v) };
}

const read = async (values: Tensor) => [...(await values.data())];

describe("adaptBatchNorm", () => {
  it("averages the dataset's statistics, each image counting alike", async () => {
    const { model, norm } = network();
    model.eval();
    expect(await transfer.adaptBatchNorm(model, images, { batchSize: 4 })).toBe(1);
    const expected = expectedStatistics([
      [0, 4],
      [4, 7],
    ]);
    expectClose("mean", await read(norm.runningMean), expected.mean, [2], 1e-5);
    expectClose("variance", await read(norm.runningVar), expected.variance, [2], 1e-5);
  });

  it("leaves modes, momentum, weights and what is frozen as they were", async () => {
    const { model, norm } = network();
    transfer.freeze(model);
    model.train();
    model.get("1").eval();
    await transfer.adaptBatchNorm(model, images);
    expect(await read(norm.runningMean)).not.toEqual([0, 0]);
    expect([norm.training, model.get("1").training, norm.frozen]).toEqual([true, false, true]);
    expect([norm.weight!.requiresGrad, norm.momentum]).toEqual([false, 0.1]);
    expect(await read(norm.weight!)).toEqual([1, 1]);
  });

  it("makes a network as good on a shifted domain as it was on its own", async () => {
    const { model } = network();
    await transfer.adaptBatchNorm(model, images);
    const shifted = data.fromArrays(
      pixels.map((v) => v * 3 - 2),
      [2, 3, 3],
      new Int32Array(count),
    );
    const outputs = async (values: Float32Array) =>
      read(model.eval().forward(tensor(values).reshape([count, 2, 3, 3])) as Tensor);
    const before = await outputs(pixels);
    await transfer.adaptBatchNorm(model, shifted);
    const after = await outputs(pixels.map((v) => v * 3 - 2));
    expectClose("outputs", after, before, [count, 18], 1e-3);
  });

  it("refuses a model without batch normalisation", async () => {
    const model = new nn.Sequential(new nn.Flatten());
    await expect(transfer.adaptBatchNorm(model, images)).rejects.toThrow(/no batch normalisation/);
  });
});
