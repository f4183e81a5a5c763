// A run that is interrupted, in whatever way, ends where an uninterrupted one does.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { data, nn, optim, type TrainEvent, Trainer, type TrainerOptions } from "../../src/index.ts";
import { bars, tinyNet, weights } from "./toy.ts";

const SET = bars(14);
const FIT = {
  epochs: 3,
  batchSize: 4,
  validation: bars(5, { seed: 9 }),
  transform: [data.transforms.randomFlip()],
};

function options(seed = 3): TrainerOptions {
  const model = tinyNet({ seed });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const schedule = new optim.OneCycleLR(optimizer, { maxLr: 0.05, totalSteps: 12 });
  return { model, optimizer, schedule, seed: 11 };
}

/** Loss by step, and what the run ends with. */
interface Course {
  losses: Record<number, number>;
  epochs: number[];
  final?: Record<string, number[]>;
}

async function follow(
  course: Course,
  events: AsyncIterable<TrainEvent>,
  until?: (e: TrainEvent) => unknown,
) {
  for await (const event of events) {
    if (event.type === "step") course.losses[event.step] = event.loss;
    if (event.type === "epoch") course.epochs.push(event.loss);
    if (until?.(event)) break;
  }
}

let whole: Course;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-"));
  whole = { losses: {}, epochs: [] };
  const trainer = new Trainer(options());
  await follow(whole, trainer.fit(SET, FIT));
  whole.final = await weights(trainer.model);
  expect(Object.keys(whole.losses)).toHaveLength(12);
});
afterAll(() => rm(folder, { recursive: true }));

async function expectSame(course: Course, trainer: Trainer): Promise<void> {
  course.final = await weights(trainer.model);
  expect(course).toEqual(whole);
}

/** An object that keeps bytes, as `save` takes it. */
function memoryStore() {
  let kept: Uint8Array | null = null;
  return {
    read: async () => kept,
    write: async (bytes: Uint8Array) => {
      kept = bytes.slice();
    },
  };
}

describe("stopping and going on with fit", () => {
  it.each([1, 2, 4, 7])("by a signal at step %i", async (at) => {
    const course: Course = { losses: {}, epochs: [] };
    const trainer = new Trainer(options());
    const stop = new AbortController();
    const stops: number[] = [];
    await follow(course, trainer.fit(SET, { ...FIT, signal: stop.signal }), (event) => {
      if (event.type === "step" && event.step === at) stop.abort();
      if (event.type === "stopped") stops.push(event.step);
    });
    expect(stops).toHaveLength(1);
    expect(Object.keys(course.losses)).toHaveLength(stops[0]!);
    expect(stops[0]).toBeLessThan(12);
    await follow(course, trainer.fit(SET, FIT));
    await expectSame(course, trainer);
  });

  it("by breaking off the loop, at the cost of the event of a step already under way", async () => {
    const course: Course = { losses: {}, epochs: [] };
    const trainer = new Trainer(options());
    await follow(
      course,
      trainer.fit(SET, FIT),
      (event) => event.type === "step" && event.step === 6,
    );
    const at = trainer.position.step;
    await follow(course, trainer.fit(SET, FIT));
    for (let step = 7; step <= at; step++) course.losses[step] ??= whole.losses[step]!;
    await expectSame(course, trainer);
  });

  it("before the first step, without harm", async () => {
    const course: Course = { losses: {}, epochs: [] };
    const trainer = new Trainer(options());
    await follow(course, trainer.fit(SET, { ...FIT, signal: AbortSignal.abort() }));
    expect(course.losses).toEqual({});
    await follow(course, trainer.fit(SET, FIT));
    await expectSame(course, trainer);
  });

  it("while an evaluation holds the next step up, which isn't begun after it", async () => {
    const course: Course = { losses: {}, epochs: [] };
    const trainer = new Trainer(options());
    const stop = new AbortController();
    const [judged, begun]: [Promise<unknown>[], number[]] = [[], []];
    const get = async (i: number) => {
      await new Promise((done) => setTimeout(done, 50)); // by now fit waits with its next step
      begun.push(trainer.position.step);
      stop.abort();
      return bars(1).get(i);
    };
    await follow(course, trainer.fit(SET, { ...FIT, signal: stop.signal }), (event) => {
      if (event.type === "step" && event.step === 2)
        judged.push(trainer.evaluate({ length: 1, labels: bars(1).labels, get }));
    });
    await Promise.all(judged);
    expect([trainer.position.step]).toEqual(begun);
    await follow(course, trainer.fit(SET, FIT));
    await expectSame(course, trainer);
  });

  it("at any moment: what was queued by then is told, and nothing begins after it", async () => {
    for (let wait = 0; wait < 24; wait += 3) {
      const course: Course = { losses: {}, epochs: [] };
      const trainer = new Trainer(options());
      const stop = new AbortController();
      const told = () => Object.keys(course.losses).length;
      let raised = Promise.resolve({ queued: 0, told: 0 });
      await follow(course, trainer.fit(SET, { ...FIT, signal: stop.signal }), ({ type }) => {
        if (type !== "step" || told() > 1) return;
        raised = new Promise((done) => setTimeout(done, wait)).then(() => {
          stop.abort();
          return { queued: trainer.position.step, told: told() };
        });
      });
      const before = await raised;
      expect(told()).toBe(before.queued);
      expect(told() - before.told).toBeLessThanOrEqual(2); // the one under way, and the one behind it
    }
  });

  it("with evaluations and predictions in between", async () => {
    const course: Course = { losses: {}, epochs: [] };
    const trainer = new Trainer(options());
    for await (const event of trainer.fit(SET, FIT)) {
      if (event.type === "step") course.losses[event.step] = event.loss;
      if (event.type === "epoch") course.epochs.push(event.loss);
      if (event.type !== "step" || event.step % 5 !== 2) continue;
      await trainer.evaluate(bars(3));
      await trainer.predict(bars(2));
    }
    await expectSame(course, trainer);
  });
});

describe("saving and resuming", () => {
  const stores: [string, () => string | ReturnType<typeof memoryStore>][] = [
    ["a path", () => join(folder, "run.safetensors")],
    ["an object", memoryStore],
  ];

  it.each(stores)(
    "through %s gives the same run, whatever the new trainer started with",
    async (_, open) => {
      const store = open();
      const course: Course = { losses: {}, epochs: [] };
      const stop = new AbortController();
      const first = new Trainer(options());
      await follow(course, first.fit(SET, { ...FIT, signal: stop.signal }), (event) => {
        if (event.type === "step" && event.step === 6) stop.abort();
      });
      await first.save(store);
      const resumed = await Trainer.resume(store, options(77));
      expect(resumed.position).toEqual(first.position);
      await follow(course, resumed.fit(SET, FIT));
      await expectSame(course, resumed);
    },
  );

  it("in the middle of the loop saves weights and position of one step", async () => {
    const store = memoryStore();
    const course: Course = { losses: {}, epochs: [] };
    const first = new Trainer(options());
    for await (const event of first.fit(SET, FIT)) {
      if (event.type === "epoch") course.epochs.push(event.loss);
      if (event.type === "step" && event.step === 6) await first.save(store);
    }
    const resumed = await Trainer.resume(store, options(77));
    const at = resumed.position.step;
    expect(at).toBeGreaterThanOrEqual(6);
    const rest: Course = { losses: {}, epochs: [] };
    await follow(rest, resumed.fit(SET, FIT));
    for (let step = at + 1; step <= 12; step++) expect(rest.losses[step]).toBe(whole.losses[step]);
    expect(rest.epochs).toEqual(whole.epochs.slice(1));
    expect(await weights(resumed.model)).toEqual(whole.final);
  });

  it("after every epoch, to the store that fit is given", async () => {
    const store = memoryStore();
    const trainer = new Trainer(options());
    const stored: boolean[] = [];
    for await (const event of trainer.fit(SET, { ...FIT, epochs: 2, store })) {
      if (event.type === "checkpoint") stored.push(event.stored);
    }
    expect(stored).toEqual([true, true]);
    const resumed = await Trainer.resume(store, options(77));
    const course: Course = { losses: {}, epochs: [] };
    await follow(course, resumed.fit(SET, FIT));
    expect(Object.keys(course.losses).map(Number)).toEqual([9, 10, 11, 12]);
    expect(await weights(resumed.model)).toEqual(whole.final);
  });

  it("keeps a plateau's memory, also before its first epoch", async () => {
    const run = async (interrupt: boolean) => {
      const build = () => {
        const model = tinyNet();
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.3, momentum: 0.9 });
        const schedule = new optim.ReduceLROnPlateau(optimizer, { patience: 0, threshold: 0.2 });
        return { model, optimizer, schedule };
      };
      let trainer = new Trainer(build());
      const course: Course = { losses: {}, epochs: [] };
      const settings = { epochs: 5, batchSize: 7 };
      if (interrupt) {
        const store = memoryStore();
        await follow(course, trainer.fit(SET, settings), (e) => e.type === "step" && e.step === 1);
        await trainer.save(store);
        trainer = await Trainer.resume(store, build());
      }
      await follow(course, trainer.fit(SET, settings));
      return {
        weights: await weights(trainer.model),
        lr: trainer.optimizer.groups.map((g) => Reflect.get(g, "lr")),
        epochs: course.epochs,
      };
    };
    const expected = await run(false);
    expect(expected.lr[0]).toBeLessThan(0.3);
    expect(await run(true)).toEqual(expected);
  });

  it("refuses what is no checkpoint of this model or optimizer, and changes nothing", async () => {
    const empty = memoryStore();
    await expect(Trainer.resume(empty, options())).rejects.toThrow(/the store is empty/);
    const store = memoryStore();
    await new Trainer(options()).save(store);
    const other = () => {
      const model = new nn.Sequential({ conv: new nn.Conv2d(1, 4, 5) });
      return { model, optimizer: new optim.SGD(model.parameters(), { lr: 1 }) };
    };
    await expect(Trainer.resume(store, other())).rejects.toThrow(
      /conv\.weight has shape \[4,1,3,3\] in the checkpoint, \[4,1,5,5\] in the model/,
    );
    const model = tinyNet({ seed: 50 });
    const before = await weights(model);
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    await expect(Trainer.resume(store, { model, optimizer })).rejects.toThrow(
      /the checkpoint's optimizer is Adam, this trainer's SGD; give the same/,
    );
    expect(await weights(model)).toEqual(before);
    const noise = { read: async () => new Uint8Array(64).fill(7), write: async () => {} };
    await expect(Trainer.resume(noise, options())).rejects.toThrow(
      /this is no checkpoint of this version/,
    );
    await expect(Trainer.resume(join(folder, "none"), options())).rejects.toThrow(/none/);
  });
});

describe("two runs in a row", () => {
  it("each take all their epochs, the second shuffled on", async () => {
    const trainer = new Trainer(options());
    const [first, second]: [Course, Course] = [
      { losses: {}, epochs: [] },
      { losses: {}, epochs: [] },
    ];
    await follow(first, trainer.fit(SET, { ...FIT, epochs: 1 }));
    await follow(second, trainer.fit(SET, { ...FIT, epochs: 2 }));
    expect(second.epochs).toHaveLength(2);
    const losses = { ...first.losses, ...second.losses };
    expect(losses).toEqual(whole.losses);
    expect(await weights(trainer.model)).toEqual(whole.final);
  });
});
