// An exponential moving average of the weights: PyTorch's numbers, and what a Trainer does with it.
import { beforeEach, describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  AveragedModel,
  init,
  type nn,
  optim,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { GOLDEN_FIT, golden, goldenNetwork, goldenSet } from "../golden/transfer.ts";
import { expectClose } from "../ops/compare.ts";
import { bars, collect, memoryStore, only, tinyNet, weights } from "./toy.ts";

const SET = bars(12);
const FIT = { epochs: 3, batchSize: 4, validation: bars(6, { seed: 9 }) };

beforeEach(async () => {
  await init(); // a test may have left a lost device
});

function averaging(more: Partial<TrainerOptions> = {}, decay = 0.8) {
  const model = tinyNet();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const average = new AveragedModel(model, { decay });
  return { model, optimizer, average, seed: 4, ...more };
}

const averagesOf = async (average: AveragedModel) =>
  Object.fromEntries(
    await Promise.all(average.named().map(async ([name, t]) => [name, [...(await t.data())]])),
  );

async function stoppedAt(step: number, options: TrainerOptions): Promise<Trainer> {
  const trainer = new Trainer(options);
  const stop = new AbortController();
  for await (const event of trainer.fit(SET, { ...FIT, signal: stop.signal }))
    if (event.type === "step" && event.step === step) stop.abort();
  return trainer;
}

describe.each(golden.average)("a decay of $decay, warmup $warmup", (given) => {
  it("averages weights and running statistics as PyTorch does, and evaluates with them", async () => {
    const model = goldenNetwork();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.3, momentum: 0.9 });
    const average = new AveragedModel(model, { decay: given.decay, warmup: given.warmup });
    const trainer = new Trainer({ model, optimizer, average });
    const stop = new AbortController();
    for await (const { type } of trainer.fit(goldenSet(), {
      ...GOLDEN_FIT,
      epochs: 3,
      signal: stop.signal,
    }))
      if (type === "checkpoint" && trainer.position.step === 6) stop.abort();
    expect(average.updates).toBe(6);
    const [own, averages] = [await weights(model), await averagesOf(average)];
    const { loss } = await trainer.evaluate(goldenSet());
    expect(Object.keys(averages)).toEqual(Object.keys(given.average));
    for (const [name, expected] of Object.entries(given.average)) {
      expectClose(`average of ${name}`, averages[name]!, expected, [expected.length], 1e-5);
      expectClose(name, own[name]!, given.weights[name]!, [expected.length], 1e-5);
    }
    expect(loss).toBeCloseTo(given.loss[0], 5);
    expect(await weights(model)).toEqual(own);
  });
});

describe("a trainer with an average", () => {
  it("trains as without, validates the average, and leaves it in the model at the end", async () => {
    const [options, plain] = [averaging(), averaging({ average: undefined })];
    const events = await collect(new Trainer(options).fit(SET, FIT));
    const others = await collect(new Trainer(plain).fit(SET, FIT));
    const losses = (all: typeof events) => only(all, "step").map(({ loss }) => loss);
    expect(losses(events)).toEqual(losses(others));
    const validated = only(events, "epoch").at(-1)!.validation!.loss;
    expect(validated).not.toBe(only(others, "epoch").at(-1)!.validation!.loss);
    const { evaluate } = await import("../../src/index.ts");
    expect((await evaluate(options.model, FIT.validation)).loss).toBeCloseTo(validated, 6);
    expect(options.average.named()).toEqual([]);
  });

  it("keeps the best epoch's average", async () => {
    const options = averaging();
    const seen: Record<string, number[]>[] = [];
    const trainer = new Trainer(options);
    const run = trainer.fit(SET, { ...FIT, keepBest: { watch: "loss", mode: "max" } });
    for await (const event of run)
      if (event.type === "epoch") seen.push(await averagesOf(options.average));
    const { best } = await run;
    expect(best!.epoch).toBe(0); // the loss falls
    expect(await weights(options.model)).toEqual(seen[0]);
  });

  it("goes on from a checkpoint bit for bit", async () => {
    const whole = averaging();
    await new Trainer(whole).fit(SET, FIT);
    const store = memoryStore();
    await (await stoppedAt(4, averaging())).save(store);
    const rest = averaging();
    const resumed = await Trainer.resume(store, rest);
    expect(rest.average.updates).toBe(resumed.position.step);
    await resumed.fit(SET, FIT);
    expect(await weights(rest.model)).toEqual(await weights(whole.model));
    await expect(Trainer.resume(store, averaging({ average: undefined }))).rejects.toThrow(
      "the checkpoint's average is an AveragedModel, this trainer's none",
    );
  });

  it("survives the loss of the GPU", async () => {
    const [expected, options] = [averaging(), averaging()];
    await new Trainer(expected).fit(SET, FIT);
    const final = await weights(expected.model);
    const device = currentDevice();
    for await (const event of new Trainer(options).fit(SET, FIT))
      if (event.type === "step" && event.step === 5) device.gpu.destroy();
    expect(currentDevice()).not.toBe(device);
    expect(await weights(options.model)).toEqual(final);
  });

  it("adds up gradients over batches, and averages once a step", async () => {
    const options = averaging();
    const trainer = new Trainer(options);
    const stop = new AbortController();
    for await (const event of trainer.fit(SET, {
      ...FIT,
      batchSize: 2,
      accumulate: 2,
      signal: stop.signal,
    }))
      if (event.type === "step" && event.step === 5) stop.abort();
    expect(options.average.updates).toBe(trainer.position.step);
  });

  it("allocates nothing from the second step on", async () => {
    const counts: number[] = [];
    for await (const { type } of new Trainer(averaging()).fit(SET, { epochs: 4, batchSize: 4 }))
      if (type === "step") counts.push(currentDevice().memory().liveBuffers);
    expect(Math.max(...counts.slice(1))).toBeLessThanOrEqual(counts[1]!);
  });

  it("refuses an average of another model, or a number in its place", () => {
    const average: AveragedModel = new AveragedModel(tinyNet());
    expect(() => new Trainer(averaging({ average }))).toThrow(/an AveragedModel of the trainer's/);
    const model: nn.Module = tinyNet();
    expect(() => new AveragedModel(model, { decay: 1 })).toThrow(/decay must be from 0/);
  });
});
