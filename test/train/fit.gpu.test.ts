// What a call of fit is: something to wait for, something to go through, and what it comes to.
import { describe, expect, it } from "vitest";
import { data, nn, optim, rand, type Tensor, Trainer } from "../../src/index.ts";
import { bars, collect, makeTrainer, only, tinyNet, weights } from "./toy.ts";

const FIT = { epochs: 3, batchSize: 4, validation: bars(6, { seed: 2 }) };

describe("awaiting fit", () => {
  it("trains as going through its events does, and gives the history", async () => {
    const [awaited, looped] = [makeTrainer(), makeTrainer()];
    const history = await awaited.fit(bars(12), FIT);
    const events = await collect(looped.fit(bars(12), FIT));
    expect(await weights(awaited.model)).toEqual(await weights(looped.model));
    const epochs = only(events, "epoch");
    expect(history).toMatchObject({ steps: 9, stopped: false, best: null });
    expect(history.epochs.map(({ epoch, loss, accuracy }) => ({ epoch, loss, accuracy }))).toEqual(
      epochs.map(({ epoch, loss, accuracy }) => ({ epoch, loss, accuracy })),
    );
    history.epochs.forEach(({ validation, learningRate, metrics, seconds }, i) => {
      const { loss, accuracy, metrics: figures } = epochs[i]!.validation!;
      expect(validation).toEqual({ loss, accuracy, metrics: figures });
      expect(metrics).toEqual({ accuracy: epochs[i]!.accuracy });
      expect(learningRate).toBe(0.02);
      expect(seconds).toBeGreaterThan(0);
    });
  });

  it("does nothing until it is awaited or gone through, and nothing twice", async () => {
    const trainer = makeTrainer();
    const run = trainer.fit(bars(8), { batchSize: 4 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(trainer.position.step).toBe(0);
    const events = await collect(run);
    expect(only(events, "step")).toHaveLength(2);
    const [history, again] = [await run, await run];
    expect(history.epochs).toHaveLength(1);
    expect(again).toBe(history);
    expect(await collect(run)).toEqual([]);
    expect(trainer.position.step).toBe(2);
  });

  it("during a loop over the events waits for that loop, and takes no event from it", async () => {
    const trainer = makeTrainer();
    const run = trainer.fit(bars(8), { batchSize: 4, epochs: 2 });
    const [events, history] = await Promise.all([collect(run), run]);
    expect(only(events, "step").map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(history.epochs).toHaveLength(2);
  });

  it("after a stop, or a loop that was left, says so", async () => {
    const trainer = makeTrainer();
    const stop = new AbortController();
    const run = trainer.fit(bars(12), { ...FIT, signal: stop.signal });
    for await (const { type } of run) if (type === "epoch") stop.abort();
    expect(await run).toMatchObject({ stopped: true, epochs: [{ epoch: 0 }] });
    const left = trainer.fit(bars(12), FIT);
    for await (const { type } of left) if (type === "epoch") break;
    expect(await left).toMatchObject({ stopped: true, epochs: [{ epoch: 0 }, { epoch: 1 }] });
    const history = await trainer.fit(bars(12), FIT);
    expect(history).toMatchObject({ stopped: false, steps: 9 });
    expect(history.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
  });

  it("throws what a loop over the events throws, also when asked afterwards", async () => {
    const broken = { length: 4, get: () => Promise.reject(new Error("photo.jpg is damaged")) };
    await expect(makeTrainer().fit(broken)).rejects.toThrow("photo.jpg is damaged");
    const run = makeTrainer().fit(broken);
    await expect(collect(run)).rejects.toThrow("photo.jpg is damaged");
    await expect(run).rejects.toThrow("photo.jpg is damaged");
    const seen: unknown[] = [];
    await makeTrainer()
      .fit(broken)
      .catch((error) => seen.push(error));
    await makeTrainer()
      .fit(bars(4))
      .finally(() => seen.push("over"));
    expect(seen).toEqual([new Error("photo.jpg is damaged"), "over"]);
    const idle = makeTrainer();
    await expect(idle.fit(bars(4), { epochs: 0 })).rejects.toThrow(/epochs must be a whole/);
    expect((await idle.fit(bars(4))).epochs).toHaveLength(1);
  });
});

describe("keepBest", () => {
  /** A validation loss that rises after the second epoch: the rate is far too high from there on. */
  function spoiling() {
    const model = tinyNet({ dropout: 0 });
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });
    const schedule = new optim.MultiStepLR(optimizer, [2], 60);
    return new Trainer({ model, optimizer, schedule });
  }
  const settings = { epochs: 4, batchSize: 6, validation: bars(9, { seed: 2 }) };

  it("ends with the weights of the epoch that was best", async () => {
    const trainer = spoiling();
    const seen: Record<string, number[]>[] = [];
    const kept: boolean[] = [];
    const run = trainer.fit(bars(12), { ...settings, keepBest: true });
    for await (const event of run) {
      if (event.type !== "epoch") continue;
      seen.push(await weights(trainer.model));
      kept.push(event.isBest);
    }
    const history = await run;
    const losses = history.epochs.map(({ validation }) => validation!.loss);
    const best = losses.indexOf(Math.min(...losses));
    expect(best).toBeLessThan(3);
    expect(history.best).toEqual({ epoch: best, watched: "loss", value: losses[best] });
    expect(kept).toEqual(losses.map((loss, i) => loss < Math.min(...losses.slice(0, i))));
    expect(await weights(trainer.model)).toEqual(seen[best]);
    expect((await trainer.evaluate(settings.validation)).loss).toBeCloseTo(losses[best]!, 6);
  });

  it("survives being saved and resumed, and watches what it is told to", async () => {
    let kept = new Uint8Array();
    const store = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes.slice();
      },
    };
    const whole = spoiling();
    const how = { ...settings, keepBest: "accuracy" } as const;
    const expected = await whole.fit(bars(12), how);
    const first = spoiling();
    for await (const { type, ...event } of first.fit(bars(12), how))
      if (type === "epoch" && "epoch" in event && event.epoch === 2) break;
    await first.save(store);
    const resumed = await Trainer.resume(store, spoiling().options);
    const history = await resumed.fit(bars(12), { ...how, store });
    expect(history.best).toEqual(expected.best);
    expect(history.best!.watched).toBe("accuracy");
    expect(await weights(resumed.model)).toEqual(await weights(whole.model));
    // What is stored at the end are the best weights.
    const stored = await Trainer.resume(store, spoiling().options);
    expect(await weights(stored.model)).toEqual(await weights(whole.model));
    await expect(spoiling().fit(bars(4), { keepBest: "f1" })).rejects.toThrow(
      /keepBest watches f1, which isn't measured; there are accuracy, loss/,
    );
  });
});

describe("patience", () => {
  /** The loss is 0 after the third epoch, which nothing betters: these bars are easy. */
  function spoiling() {
    const model = tinyNet({ dropout: 0 });
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });
    return new Trainer({
      model,
      optimizer,
      schedule: new optim.MultiStepLR(optimizer, [2, 3], 60),
    });
  }
  const settings = { epochs: 9, batchSize: 6, validation: bars(9, { seed: 2 }) };

  it("ends the run after as many epochs without a better one, with the best one's weights", async () => {
    const [patient, whole] = [spoiling(), spoiling()];
    const { epochs, best, stopped } = await patient.fit(bars(12), { ...settings, patience: 2 });
    const all = await whole.fit(bars(12), { ...settings, keepBest: true });
    const losses = all.epochs.map(({ validation }) => validation!.loss);
    // The first epoch behind which two weren't better than the best so far.
    const expected = losses.findIndex((_, i) => {
      const until = losses.slice(0, i + 1);
      return i - until.indexOf(Math.min(...until)) >= 2;
    });
    expect(expected).toBeGreaterThan(1);
    expect(expected).toBeLessThan(8);
    expect(epochs.map(({ validation }) => validation!.loss)).toEqual(losses.slice(0, expected + 1));
    expect([best!.epoch, stopped]).toEqual([expected - 2, false]);
    const { loss } = await patient.evaluate(settings.validation);
    expect(loss).toBeCloseTo(losses[expected - 2]!, 6);
    // A run that ended so is over: the next fit begins another.
    expect((await patient.fit(bars(12), { batchSize: 6 })).epochs).toHaveLength(1);
  });

  it("is refused where nothing can be best, or where it is no number of epochs", async () => {
    const tried = (options: object) => spoiling().fit(bars(4), options);
    await expect(tried({ patience: 0 })).rejects.toThrow(/patience must be a whole number/);
    await expect(tried({ patience: 2, keepBest: false })).rejects.toThrow(/leave out keepBest/);
  });
});

describe("before the first step", () => {
  it("a stop while kernels are compiled is heeded", async () => {
    const model = new nn.Sequential(new nn.Flatten(), new nn.Mish(), new nn.Linear(24, 3));
    const trainer = makeTrainer({ model });
    const stop = new AbortController();
    const kinds: string[] = [];
    for await (const { type } of trainer.fit(bars(12), { ...FIT, signal: stop.signal })) {
      kinds.push(type);
      if (type === "compile") stop.abort();
    }
    expect([...new Set(kinds)]).toEqual(["compile", "stopped"]);
    expect(trainer.position.step).toBe(0);
    expect((await trainer.fit(bars(12), FIT)).steps).toBe(9);
  });

  it("a parameter that the optimizer doesn't have is named", async () => {
    const model = tinyNet();
    const optimizer = new optim.SGD(model.get("conv").parameters(), { lr: 0.1 });
    const trainer = new Trainer({ model, optimizer });
    await expect(trainer.fit(bars(4))).rejects.toThrow(
      /the optimizer doesn't have bn\.weight, bn\.bias, head\.weight, head\.bias, which require a gradient/,
    );
    model.get("bn").requiresGrad_(false);
    optimizer.addGroup({ params: model.get("head").parameters() });
    expect((await trainer.fit(bars(4))).epochs).toHaveLength(1);
  });

  it("a schedule that ends before the run does is refused", async () => {
    const model = tinyNet();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const schedule = new optim.OneCycleLR(optimizer, { maxLr: 0.1, totalSteps: 4 });
    const trainer = new Trainer({ model, optimizer, schedule });
    await trainer.fit(bars(8), { batchSize: 4, epochs: 2 });
    const before = await weights(model);
    await expect(trainer.fit(bars(8), { batchSize: 4 })).rejects.toThrow(
      /OneCycleLR is planned for 4 steps, of which 4 are over; this run takes 2 more/,
    );
    expect(await weights(model)).toEqual(before);
  });
});

describe("a last batch of one image", () => {
  it("joins the one before where there is batch normalisation", async () => {
    const model = new nn.Sequential(new nn.Flatten(), new nn.BatchNorm1d(24), new nn.Linear(24, 3));
    const trainer = makeTrainer({ model });
    const seen: number[] = [];
    const set = bars(9);
    const get = (i: number) => {
      seen.push(i);
      return set.get(i);
    };
    const events = await collect(trainer.fit({ length: 9, get }, { batchSize: 4, epochs: 2 }));
    expect(only(events, "step").map(({ batch, batches }) => [batch, batches])).toEqual([
      [1, 2],
      [2, 2],
      [1, 2],
      [2, 2],
    ]);
    expect([...seen].sort((a, b) => a - b)).toEqual([...Array(9).keys()].flatMap((i) => [i, i]));
  });

  it("is a batch of its own elsewhere, and where it is all there is", async () => {
    const plain = new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 3));
    const events = await collect(makeTrainer({ model: plain }).fit(bars(9), { batchSize: 4 }));
    expect(only(events, "step")).toHaveLength(3);
    const one = await collect(makeTrainer().fit(bars(1), { batchSize: 4 }));
    expect(only(one, "step")).toHaveLength(1);
    const loader = new data.DataLoader(bars(5), { batchSize: 4, minBatch: 2, dropLast: true });
    expect([loader.length, loader.source.examples]).toEqual([1, 4]);
  });
});

it("random transforms of the user's draw the trainer's numbers, also after a pause", async () => {
  const noise = (images: Tensor) => images.add(rand(images.shape).mul(0.2));
  const how = { epochs: 2, batchSize: 4, transform: [data.transforms.rescale(1), noise] };
  const whole = makeTrainer();
  await whole.fit(bars(12), how);
  const paused = makeTrainer();
  for await (const event of paused.fit(bars(12), how))
    if (event.type === "step" && event.step === 2) break;
  await rand([5]).data();
  await paused.fit(bars(12), how);
  expect(await weights(paused.model)).toEqual(await weights(whole.model));
});
