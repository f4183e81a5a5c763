// The GPU goes away while training. Each test ends on a device of its own.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  init,
  nn,
  optim,
  type TrainEvent,
  Trainer,
  type TrainerOptions,
  tensor,
} from "../../src/index.ts";
import { platform } from "../../src/platform/index.ts";
import { bars, tinyNet, weights } from "./toy.ts";

const SET = bars(12);
const FIT = { epochs: 3, batchSize: 4, validation: bars(5, { seed: 9 }) };

beforeEach(async () => {
  await init(); // the last test may have left a lost one
});

function options(): TrainerOptions {
  const model = tinyNet();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const schedule = new optim.StepLR(optimizer, 1, 0.5);
  const loss = new nn.CrossEntropyLoss({ weight: tensor([1, 2, 0.5]) });
  return { model, optimizer, schedule, loss, seed: 2 };
}

interface Course {
  losses: Record<number, number>;
  epochs: Record<number, [number, number]>;
  lost: Extract<TrainEvent, { type: "deviceLost" }>[];
}

/** Runs fit and destroys the device where `strike` says so. */
async function run(strike: (event: TrainEvent) => boolean) {
  const trainer = new Trainer(options());
  const course: Course = { losses: {}, epochs: {}, lost: [] };
  for await (const event of trainer.fit(SET, FIT)) {
    if (event.type === "step") course.losses[event.step] = event.loss;
    if (event.type === "epoch") course.epochs[event.epoch] = [event.loss, event.validation!.loss];
    if (event.type === "deviceLost") course.lost.push(event);
    if (strike(event)) currentDevice().gpu.destroy();
  }
  return { trainer, course, final: await weights(trainer.model) };
}

describe("a device that is lost", () => {
  it("during an epoch costs nothing: the run ends with the same losses and weights", async () => {
    const { course: expected, final } = await run(() => false);
    // Which event to strike at, and the step of the snapshot that training goes back to.
    for (const [type, at, back] of [
      ["step", 1, 0],
      ["step", 5, 3],
      ["checkpoint", 1, 3],
    ] as const) {
      let count = 0;
      const old = currentDevice();
      const got = await run((event) => event.type === type && ++count === at);
      expect(got.course.lost).toHaveLength(1);
      expect(got.course.lost[0]!.reason).toBeTruthy();
      expect(got.course.lost[0]!.step).toBe(back);
      expect(currentDevice()).not.toBe(old);
      expect(got.course.losses).toEqual(expected.losses);
      expect(got.course.epochs).toEqual(expected.epochs);
      expect(got.final).toEqual(final);
    }
  });

  it("twice in a run is survived twice", async () => {
    const { final } = await run(() => false);
    const seen = new Set<number>();
    const got = await run((event) => {
      if (event.type !== "step" || event.step % 4 !== 0 || seen.has(event.step)) return false;
      seen.add(event.step);
      return true;
    });
    expect(got.course.lost.length).toBeGreaterThanOrEqual(2);
    expect(got.final).toEqual(final);
  });

  it("after training is replaced at evaluate, predict and the next fit", async () => {
    const { trainer, final } = await run(() => false);
    const expected = await trainer.evaluate(SET);
    currentDevice().gpu.destroy();
    expect(await trainer.evaluate(SET)).toEqual(expected);
    expect(await weights(trainer.model)).toEqual(final);
    currentDevice().gpu.destroy();
    const predictions = await trainer.predict(SET);
    expect(predictions).toHaveLength(12);
    currentDevice().gpu.destroy();
    const steps: number[] = [];
    for await (const event of trainer.fit(SET, { batchSize: 4 })) {
      if (event.type === "step") steps.push(event.step);
    }
    expect(steps).toEqual([10, 11, 12]);
  });

  it("for good ends the run, and what was trained is handed out all the same", async () => {
    const { final } = await run(() => false);
    const trainer = new Trainer(options());
    let kept = new Uint8Array();
    const store = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes.slice();
      },
    };
    const gpu = (await platform().gpu())!;
    const none = vi.spyOn(platform(), "gpu");
    none.mockResolvedValue(Object.assign(Object.create(gpu), { requestAdapter: async () => null }));
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const passing = setInterval(() => vi.advanceTimersByTime(1000), 1);
    const struck = (async () => {
      for await (const { type } of trainer.fit(SET, FIT))
        if (type === "epoch") currentDevice().gpu.destroy();
    })();
    await expect(struck).rejects.toThrow(/adapter/);
    await trainer.save(store);
    clearInterval(passing);
    vi.useRealTimers();
    none.mockRestore();
    await init();
    const resumed = await Trainer.resume(store, options());
    expect(resumed.position).toMatchObject({ epoch: 1, batch: 0 });
    await resumed.fit(SET, FIT);
    expect(await weights(resumed.model)).toEqual(final);
  });

  it("before anything was saved is a clear error", async () => {
    const trainer = new Trainer(options());
    currentDevice().gpu.destroy();
    await currentDevice().lost;
    await expect(trainer.evaluate(SET)).rejects.toThrow(/the GPU device was lost.*Call init\(\)/s);
    await init();
    expect(await tensor([1, 2]).sum().item()).toBe(3);
  });
});
