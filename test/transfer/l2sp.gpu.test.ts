// Staying near the source weights: PyTorch's numbers for the objective written out as a loss.
import { beforeEach, describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { AveragedModel, init, optim, Trainer, transfer } from "../../src/index.ts";
import { GOLDEN_FIT, golden, goldenNetwork, goldenSet } from "../golden/transfer.ts";
import { expectClose } from "../ops/compare.ts";
import { bars, memoryStore, tinyNet, weights } from "../train/toy.ts";

const SET = bars(12);
const FIT = { epochs: 3, batchSize: 4 };

beforeEach(async () => {
  await init(); // a test may have left a lost device
});

function pulled(regularized = true) {
  const model = tinyNet();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const regularizer = regularized ? new transfer.L2SP(model, { alpha: 2, beta: 1 }) : undefined;
  return { model, optimizer, regularizer };
}

describe.each(golden.l2sp)("alpha $alpha, beta $beta, head $head, clipped at $clip", (given) => {
  it("is PyTorch's", async () => {
    const model = goldenNetwork();
    const { alpha, beta, head, clip } = given;
    const trainer = new Trainer({
      ...{ model, optimizer: new optim.SGD(model.parameters(), { lr: 0.3, momentum: 0.9 }) },
      regularizer: new transfer.L2SP(model, { alpha, beta, ...(head !== "head" && { head }) }),
      ...(clip !== null && { clipGradNorm: clip }),
    });
    await trainer.fit(goldenSet(), { ...GOLDEN_FIT, epochs: 2 });
    for (const [name, values] of Object.entries(await weights(model)))
      expectClose(name, values, given.weights[name]!, [values.length], 1e-4);
  });
});

describe("L2SP", () => {
  it("holds weights back", async () => {
    const far = async (regularized: boolean) => {
      const options = pulled(regularized);
      const start = await weights(options.model);
      await new Trainer(options).fit(SET, FIT);
      const end = await weights(options.model);
      return end["conv.weight"]!.reduce(
        (sum, w, i) => sum + (w - start["conv.weight"]![i]!) ** 2,
        0,
      );
    };
    expect(await far(true)).toBeLessThan(0.8 * (await far(false)));
  });

  it("goes on from a checkpoint with the source weights of the first run, and survives a lost GPU", async () => {
    const whole = pulled();
    await new Trainer(whole).fit(SET, FIT);
    const final = await weights(whole.model);
    const store = memoryStore();
    for await (const event of new Trainer(pulled()).fit(SET, { ...FIT, store }))
      if (event.type === "checkpoint") break;
    const model = tinyNet({ seed: 77 }); // other weights than the first run began with
    const resumed = await Trainer.resume(store, {
      ...{ model, optimizer: new optim.Adam(model.parameters(), { lr: 0.02 }) },
      regularizer: new transfer.L2SP(model, { alpha: 2, beta: 1 }),
    });
    const device = currentDevice();
    for await (const event of resumed.fit(SET, FIT))
      if (event.type === "step" && event.step === 5) device.gpu.destroy();
    expect(currentDevice()).not.toBe(device);
    expect(await weights(model)).toEqual(final);
  });

  it("adds up with gradient accumulation and an average, and allocates nothing from step 2 on", async () => {
    const options = pulled();
    const average = new AveragedModel(options.model);
    const counts: number[] = [];
    const trainer = new Trainer({ ...options, average });
    for await (const { type } of trainer.fit(SET, { ...FIT, batchSize: 2, accumulate: 2 }))
      if (type === "step") counts.push(currentDevice().memory().liveBuffers);
    expect(Math.max(...counts.slice(1))).toBeLessThanOrEqual(counts[1]!);
  });

  it("leaves frozen layers out, and says what is wrong", () => {
    const model = tinyNet();
    transfer.freeze(model, "conv");
    expect(new transfer.L2SP(model).tensors).toHaveLength(2); // the batch norm's weight and bias
    expect(() => new transfer.L2SP(model, { alpha: -1 })).toThrow(/alpha must be a number of at/);
    expect(() => new transfer.L2SP(model, { head: "tail" })).toThrow(/no layer matches tail/);
  });
});
