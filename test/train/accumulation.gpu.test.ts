// Several small batches make one optimizer step, the same as one large batch.
import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { type data, estimateMemory, nn, optim, Trainer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { bars, collect, only, weights } from "./toy.ts";

const SET = bars(22);

/** Without batch normalisation and dropout, so that the order of work doesn't matter. */
function plainNet(): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(96, 3),
  );
}

function makeTrainer(clipGradNorm?: number, totalSteps = 9): Trainer {
  const model = plainNet();
  const values = Object.values(model.stateDict());
  values.forEach((tensor, k) => {
    const wave = Float32Array.from({ length: tensor.size }, (_, i) => Math.sin(i * 1.7 + k) / 4);
    const { device, buffer } = tensor.array.storage;
    device.stream.write(buffer, wave);
  });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const schedule = new optim.OneCycleLR(optimizer, { maxLr: 0.03, totalSteps });
  return new Trainer({ model, optimizer, schedule, clipGradNorm, seed: 5 });
}

const runFit = (
  trainer: Trainer,
  options: Parameters<Trainer["fit"]>[1],
  set: data.Dataset = SET,
) => collect(trainer.fit(set, { epochs: 3, ...options }));

async function closeWeights(a: Trainer, b: Trainer): Promise<void> {
  const [ours, theirs] = [await weights(a.model), await weights(b.model)];
  for (const [name, values] of Object.entries(ours))
    values.forEach((value, i) => {
      expect(Math.abs(value - theirs[name]![i]!)).toBeLessThan(1e-5);
    });
}

describe("fit with accumulate", () => {
  it.each([
    ["batches of 4 as of 8, a partial last one", 4, 2, undefined],
    ["batches of 2 as of 8, with clipping", 2, 4, 0.1],
    ["a last step of fewer batches", 1, 8, undefined],
  ] as const)("equals one large batch: %s", async (_, batchSize, accumulate, clip) => {
    const [small, large] = [makeTrainer(clip), makeTrainer(clip)];
    const events = only(await runFit(small, { batchSize, accumulate }), "step");
    const expected = only(await runFit(large, { batchSize: 8 }), "step");
    expect(events).toHaveLength(9);
    events.forEach((event, i) => {
      const { step, epoch, batch, batches, accuracy, learningRate } = expected[i]!;
      expect(event).toMatchObject({ step, epoch, batch, batches, accuracy, learningRate });
      expect(Math.abs(event.loss - expected[i]!.loss)).toBeLessThan(1e-5);
    });
    await closeWeights(small, large);
  });

  it("goes on after a stop and from a checkpoint as if nothing had happened", async () => {
    const options = { batchSize: 3, accumulate: 3 };
    const whole = makeTrainer();
    const losses = only(await runFit(whole, options), "step").map(({ loss }) => loss);
    let kept = new Uint8Array();
    const store = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes.slice();
      },
    };
    const first = makeTrainer();
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const event of first.fit(SET, { epochs: 3, ...options, signal: stop.signal })) {
      if (event.type === "step") seen.push(event.loss);
      if (event.type === "step" && event.step === 4) stop.abort();
    }
    await first.save(store);
    const { model, optimizer, schedule } = makeTrainer().options;
    const second = await Trainer.resume(store, { model, optimizer, schedule, seed: 5 });
    for (const { loss } of only(await runFit(second, options), "step")) seen.push(loss);
    expect(seen).toEqual(losses);
    expect(await weights(second.model)).toEqual(await weights(whole.model));
  });

  it("holds no more buffers from the second epoch on", async () => {
    const trainer = makeTrainer(undefined, 18);
    const counts: number[] = [];
    const settings = { epochs: 6, batchSize: 4, accumulate: 2, validation: bars(3) };
    for await (const event of trainer.fit(SET, settings))
      if (event.type === "epoch") counts.push(currentDevice().memory().liveBuffers);
    expect(Math.max(...counts.slice(2))).toBeLessThanOrEqual(Math.max(...counts.slice(0, 2)));
    expect(trainer.model.parameters().every(({ grad }) => grad === null)).toBe(true);
  });

  it("refuses what is no number of batches", async () => {
    for (const accumulate of [0, 1.5, mistyped("2")])
      await expect(runFit(makeTrainer(), { accumulate })).rejects.toThrow(
        /accumulate must be a whole/,
      );
  });

  it("is known to estimateMemory", async () => {
    const device = currentDevice();
    const model = plainNet();
    const estimate = estimateMemory(model, [1, 4, 6], { batchSize: 64, accumulate: 2 });
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
    const before = device.memory().liveBytes - estimate.parameters;
    device.resetPeakMemory();
    const trainer = new Trainer({ model, optimizer: new optim.Adam(model.parameters()) });
    await collect(trainer.fit(bars(256), { batchSize: 64, accumulate: 2 }));
    const peak = device.memory().peakBytes - before;
    expect(Math.abs(estimate.total / peak - 1)).toBeLessThan(0.1);
  });
});
