// The GPU goes away, at whatever moment of whatever work. Each test ends on a device of its own.
import { beforeEach, describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  DeviceLostError,
  evaluate,
  init,
  models,
  nn,
  optim,
  predict,
  type TrainEvent,
  Trainer,
  type TrainerOptions,
  tensor,
  transfer,
} from "../../src/index.ts";
import { acquireDevice } from "../../src/train/state/device_loss.ts";
import { bars, tinyNet, weights } from "./toy.ts";

const SET = bars(12);
const FIT = { epochs: 2, batchSize: 4, validation: bars(5, { seed: 9 }) };
const LONGER = { ...FIT, epochs: 3 };
const lose = () => currentDevice().gpu.destroy();
/** A dataset that loses the device when its `at`-th example is asked for. */
function losing(at: number, set = SET) {
  let asked = 0;
  const get = (i: number) => {
    if (++asked === at) lose();
    return set.get(i);
  };
  return { length: set.length, get, classes: set.classes!, labels: set.labels! };
}

beforeEach(async () => {
  await init(); // the last test may have left a lost one
});

function options(more: Partial<TrainerOptions> = {}): TrainerOptions {
  const model = tinyNet();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const loss = new nn.CrossEntropyLoss({ weight: tensor([1, 2, 0.5]) });
  return { model, optimizer, loss, seed: 2, ...more };
}

/** Goes through a run and loses the device at some of its events. */
async function run(trainer: Trainer, strike: (event: TrainEvent) => boolean, fit = FIT) {
  const losses: Record<number, number> = {};
  let lost = 0;
  for await (const event of trainer.fit(SET, fit)) {
    if (event.type === "step") losses[event.step] = event.loss;
    if (event.type === "deviceLost") lost++;
    if (strike(event)) lose();
  }
  return { losses, lost, final: await weights(trainer.model) };
}

describe("training", () => {
  it("in half precision goes on, wherever the device is lost", async () => {
    const half = () => new Trainer(options({ precision: "f16" }));
    const expected = await run(half(), () => false, LONGER);
    for (const [type, at] of [
      ["step", 2],
      ["step", 3], // with the snapshot of the epoch under way
      ["epoch", 1],
      ["checkpoint", 2],
    ] as const) {
      let count = 0;
      const got = await run(half(), (event) => event.type === type && ++count === at, LONGER);
      expect(got.lost).toBe(1);
      expect(got.losses).toEqual(expected.losses);
      expect(got.final).toEqual(expected.final);
    }
  });

  it("of two trainers goes on in both", async () => {
    const expected = await run(new Trainer(options()), () => false);
    const [a, b] = [new Trainer(options()), new Trainer(options())];
    let struck = false;
    const both = await Promise.all([
      run(a, ({ type }) => {
        const now = type === "step" && !struck;
        struck ||= now;
        return now;
      }),
      run(b, () => false),
    ]);
    for (const { final, losses } of both) {
      expect(losses).toEqual(expected.losses);
      expect(final).toEqual(expected.final);
    }
    // Also one that was idle meanwhile.
    lose();
    expect(await a.evaluate(SET)).toEqual(await b.evaluate(SET));
  });

  it("goes on where saving found the device lost", async () => {
    const expected = await run(new Trainer(options()), () => false);
    const trainer = new Trainer(options());
    let kept = new Uint8Array();
    const store = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes.slice();
      },
    };
    const lost: number[] = [];
    for await (const event of trainer.fit(SET, FIT)) {
      if (event.type === "deviceLost") lost.push(event.step);
      if (event.type !== "step" || event.step !== 5 || lost.length > 0) continue;
      lose();
      await trainer.save(store);
    }
    expect(lost).toEqual([3]);
    expect(await weights(trainer.model)).toEqual(expected.final);
    const resumed = await Trainer.resume(store, options());
    expect(resumed.position.step).toBe(3);
    await resumed.fit(SET, FIT);
    expect(await weights(resumed.model)).toEqual(expected.final);
  });

  it("isn't given up for losses however many, as long as there is headway", async () => {
    const expected = await run(new Trainer(options()), () => false, LONGER);
    const struck = new Set<number>();
    const strikesOnce = (event: TrainEvent) => {
      if (event.type !== "step" || struck.has(event.step)) return false;
      struck.add(event.step);
      return true;
    };
    const got = await run(new Trainer(options()), strikesOnce, LONGER);
    expect(got.lost).toBeGreaterThan(5);
    expect(got.final).toEqual(expected.final);
  });

  it("is given up where every try loses the device at the same place", async () => {
    const trainer = new Trainer(options());
    let strikes = 0;
    const striking = run(trainer, ({ type }) => type === "step" && ++strikes > 0);
    await expect(striking).rejects.toThrow();
    expect(strikes).toBeLessThan(40);
  });
});

describe("before the first fit", () => {
  it("evaluate, predict and save survive, and so does the fit after them", async () => {
    const expected = await run(new Trainer(options()), () => false);
    const undisturbed = new Trainer(options());
    const evaluation = await undisturbed.evaluate(SET, { batchSize: 4 });
    const predictions = await undisturbed.predict(SET);
    const trainer = new Trainer(options());
    expect(await trainer.evaluate(losing(7), { batchSize: 4 })).toEqual(evaluation);
    expect(await trainer.predict(losing(3), { batchSize: 2 })).toEqual(predictions);
    lose();
    let kept = new Uint8Array();
    const store = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes.slice();
      },
    };
    await trainer.save(store); // what was read before needn't be read again
    await init();
    const resumed = await Trainer.resume(store, options());
    expect(await resumed.predict(SET)).toEqual(predictions);
    lose();
    const { losses, final } = await run(trainer, () => false);
    expect({ losses, final }).toEqual({ losses: expected.losses, final: expected.final });
  });

  it("predict survives with a tensor, which is kept in host memory meanwhile", async () => {
    const trainer = new Trainer(options());
    const image = (await SET.get(0)).image as Float32Array;
    const make = () => tensor(image, { shape: [1, 1, 4, 6] });
    const [expected] = await trainer.predict(make());
    const images = make();
    const pending = trainer.predict(images);
    await images.data(); // the copy is there by now
    lose();
    const [found] = await pending;
    expect(found).toEqual(expected);
    await init(); // where it had answered before the loss was noticed
    const dead = make();
    lose();
    await currentDevice().lost;
    await expect(trainer.predict(dead)).rejects.toThrow(/the GPU device was lost/);
    await init();
    expect(await trainer.predict(make())).toEqual([expected]);
  });
});

describe("without a Trainer", () => {
  it.each([
    ["evaluate", (model: nn.Module) => evaluate(model, losing(3, bars(9)), { batchSize: 2 })],
    ["predict", (model: nn.Module) => predict(model, losing(3, bars(9)), { batchSize: 2 })],
  ])("%s says who would have survived", async (name, work) => {
    const failed = work(options().model).catch((error: Error) => error);
    expect(await failed).toBeInstanceOf(DeviceLostError);
    expect(((await failed) as Error).message).toMatch(
      `load the weights again, or use a Trainer: its ${name} survives this`,
    );
    await init();
  });
});

describe("work around training", () => {
  const network = () =>
    models.smallVgg({ inputSize: 6, inChannels: 1, widths: [3], numClasses: 3 });
  const wide = bars(9);
  const square = {
    length: 9,
    classes: wide.classes!,
    labels: wide.labels!,
    async get(i: number) {
      const { image, label } = await wide.get(i);
      const pixels = new Float32Array(36);
      pixels.set(image);
      return { image: pixels, shape: [1, 6, 6] as const, label };
    },
  };

  it("a cache of features survives, and the model's other layers with it", async () => {
    const model = network();
    transfer.freeze(model, "features");
    const cache = new transfer.FeatureCache(model);
    const expected = await cache.compute(square, { batchSize: 2 });
    const seen: number[] = [];
    const onProgress = (done: number) => seen.push(done);
    const features = await cache.compute(losing(5, { ...square }), { batchSize: 2, onProgress });
    expect(seen).toEqual([2, 4, 6, 8, 9]);
    for (let i = 0; i < 9; i++) expect(await features.get(i)).toEqual(await expected.get(i));
    const optimizer = new optim.Adam(model.classifier!.parameters());
    const trainer = new Trainer({ model: cache.remainder, optimizer });
    expect((await trainer.fit(features, { batchSize: 3 })).epochs).toHaveLength(1);
  });

  it("the choice of a strategy survives", async () => {
    const candidates = [
      { name: "head", freeze: "features", lr: 0.02 },
      { name: "all", freeze: null, lr: 0.02 },
    ];
    const initial = await Promise.all(
      Object.entries(network().stateDict()).map(async ([name, t]) => {
        return [name, t.shape, await t.data()] as const;
      }),
    );
    const make = () => {
      const model = network();
      const entries = initial.map(([name, shape, values]) => [name, tensor(values, { shape })]);
      model.loadStateDict(Object.fromEntries(entries));
      return model;
    };
    const choose = (set: typeof square) =>
      transfer.chooseStrategy(make, set, { candidates, epochs: 2, batchSize: 3 });
    const scores = ({ results }: Awaited<ReturnType<typeof choose>>) =>
      results.map(({ loss, accuracy }) => [loss, accuracy]);
    const expected = scores(await choose(square));
    for (const at of [3, 20]) {
      const got = scores(await choose(losing(at, { ...square }) as typeof square));
      expect(got).toEqual(expected);
    }
  });
});

it("a device is asked for again, for two minutes", async () => {
  const waits: number[] = [];
  const wait = async (seconds: number) => void waits.push(seconds);
  let tries = 0;
  const device = currentDevice();
  const take = async () => {
    if (++tries < 6) throw new Error("no adapter");
    return device;
  };
  expect(await acquireDevice(take, wait)).toBe(device);
  expect(waits).toEqual([0, 1, 2, 4, 8, 15]);
  const never = () => Promise.reject(new Error("no adapter"));
  await expect(acquireDevice(never, wait)).rejects.toThrow("no adapter");
  expect(waits.slice(6).reduce((sum, seconds) => sum + seconds, 0)).toBe(120);
});
