// What a checkpoint is checked for, and what an interrupted run goes on with.
import { describe, expect, it } from "vitest";
import { writePytorch, writeSafetensors } from "../../src/formats/index.ts";
import {
  data,
  optim,
  type Store,
  Trainer,
  type TrainerOptions,
  transfer,
} from "../../src/index.ts";
import { bars, memoryStore, tinyNet, weights } from "./toy.ts";

const SET = bars(12);
const FIT = { epochs: 3, batchSize: 2 };

function options(more: Partial<TrainerOptions> = {}): TrainerOptions {
  const model = tinyNet();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const schedule = new optim.StepLR(optimizer, 1, 0.9);
  return { model, optimizer, schedule, seed: 4, ...more };
}

/** A trainer that stopped after so many steps of a run, and where it was saved. */
async function interrupted(steps: number, store: Store = memoryStore()): Promise<Trainer> {
  const trainer = new Trainer(options());
  const stop = new AbortController();
  for await (const event of trainer.fit(SET, { ...FIT, signal: stop.signal }))
    if (event.type === "step" && event.step === steps) stop.abort();
  await trainer.save(store);
  return trainer;
}

/** The images that a fit shows, in order. */
async function shown(trainer: Trainer, settings: Parameters<Trainer["fit"]>[1]): Promise<number[]> {
  const seen: number[] = [];
  const get = (i: number) => {
    seen.push(i);
    return SET.get(i);
  };
  await trainer.fit(
    { ...{ length: 12, get, classes: SET.classes! } },
    { ...settings, prefetch: 0 },
  );
  return seen;
}

describe("a run that was interrupted", () => {
  it("goes on at the right example in batches of another size, or not at all", async () => {
    const whole = await shown(new Trainer(options()), { ...FIT, epochs: 1 });
    const trainer = await interrupted(3);
    const done = 2 * trainer.position.batch;
    expect(done % 4).toBe(0);
    const rest = await shown(trainer, { epochs: 1, batchSize: 4 });
    expect(rest).toEqual(whole.slice(done));
    await expect((await interrupted(3)).fit(SET, { epochs: 1, batchSize: 5 })).rejects.toThrow(
      new RegExp(`after ${done} of 12 examples in batches of 2; batches of 5 can't go on there`),
    );
  });

  it.each([
    [
      "of another length",
      bars(14),
      {},
      /changed \(examples\): it was begun with 12, and this is 14/,
    ],
    [
      "with other classes",
      data.selectClasses(SET, ["left", "middle"]),
      {},
      /changed \(classes\): it was begun with 3 classes \(left, middle, right\), and this is 2 classes/,
    ],
    ["in another order", SET, { shuffle: false }, /changed \(shuffle\)/],
  ] as const)("isn't gone on with on data %s", async (_, set, more, message) => {
    const store = memoryStore();
    await interrupted(2, store);
    const trainer = await Trainer.resume(store, options());
    const before = await weights(trainer.model);
    await expect(trainer.fit(set, { ...FIT, ...more })).rejects.toThrow(message);
    expect(await weights(trainer.model)).toEqual(before);
    expect((await trainer.fit(SET, FIT)).epochs).toHaveLength(3);
  });

  it("by an error may be followed by another run", async () => {
    const trainer = new Trainer(options());
    let calls = 0;
    const get = (i: number) => {
      if (calls++ === 7) throw new Error("the disk is gone");
      return SET.get(i);
    };
    await expect(trainer.fit({ length: 12, get }, FIT)).rejects.toThrow("the disk is gone");
    expect((await trainer.fit(bars(6), { batchSize: 3 })).epochs).toHaveLength(1);
  });
});

describe("a checkpoint", () => {
  it("is refused by a trainer that trains something else, by name, before anything is touched", async () => {
    const store = memoryStore();
    await interrupted(4, store);
    const frozen = options();
    transfer.freeze(frozen.model, "conv");
    const { model } = frozen;
    const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
    const before = await weights(model);
    const refusal = async (changed: Partial<TrainerOptions>, message: RegExp) => {
      await expect(Trainer.resume(store, { ...frozen, ...changed })).rejects.toThrow(message);
      expect(await weights(model)).toEqual(before);
    };
    const optimizer = new optim.Adam(trained, { lr: 0.02 });
    await refusal(
      { optimizer, schedule: undefined },
      /the checkpoint trained conv\.weight, conv\.bias, which this trainer doesn't/,
    );
    const all = new optim.Adam(model.parameters(), { lr: 0.02 });
    await refusal(
      { optimizer: all, schedule: undefined },
      /the checkpoint's schedule is StepLR, this trainer's none/,
    );
    await refusal(
      { optimizer: all, schedule: new optim.ExponentialLR(all, 0.9) },
      /the checkpoint's schedule is StepLR, this trainer's ExponentialLR/,
    );
    const two = new optim.Adam(
      [{ params: model.parameters().slice(4) }, { params: model.parameters().slice(0, 4) }],
      { lr: 0.02 },
    );
    await refusal({ optimizer: two, schedule: undefined }, /in another order or other groups/);
  });

  it("with a single bit flipped anywhere is refused", async () => {
    const store = memoryStore();
    await interrupted(4, store);
    const good = store.bytes;
    const { model, ...rest } = options();
    const before = await weights(model);
    const random = new data.Random(1, 0);
    for (let i = 0; i < 60; i++) {
      store.bytes = good.slice();
      // The first half of them in the header, where names, places and numbers are.
      const within = i < 30 ? 8 + new DataView(good.buffer).getUint32(0, true) : good.length;
      store.bytes[Math.floor(random.float() * within)]! ^= 1 << Math.floor(random.float() * 8);
      await expect(Trainer.resume(store, { model, ...rest })).rejects.toThrow();
      expect(await weights(model)).toEqual(before);
    }
    store.bytes = good;
    expect((await Trainer.resume(store, { model, ...rest })).position.step).toBeGreaterThan(0);
  });

  it("says that it is damaged, cut short, or of another kind", async () => {
    const store = memoryStore();
    await interrupted(4, store);
    const good = store.bytes;
    store.bytes = good.slice(0, -4);
    await expect(Trainer.resume(store, options())).rejects.toThrow(
      /damaged: its checksum is wrong/,
    );
    const data = new Float32Array(2);
    store.bytes = writeSafetensors([{ name: "w", shape: [2], dtype: "f32", data }]).slice();
    await expect(Trainer.resume(store, options())).rejects.toThrow(/this is no checkpoint of this/);
    store.bytes = writePytorch([{ name: "w", shape: [2], dtype: "f32", data }]).slice();
    await expect(Trainer.resume(store, options())).rejects.toThrow(/this is no checkpoint of this/);
    store.bytes = Uint8Array.of(1, 2, 3);
    await expect(Trainer.resume(store, options())).rejects.toThrow(/this is no checkpoint of this/);
  });
});
