import { beforeEach, describe, expect, it } from "vitest";
import {
  data,
  F,
  nn,
  optim,
  type Tensor,
  type TrainEvent,
  Trainer,
  type TrainerOptions,
  tensor,
} from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { bars, CLASSES, collect, makeTrainer, only, tinyNet, weights } from "./toy.ts";

describe("fit", () => {
  let trainer: Trainer;
  let events: TrainEvent[];
  const validation = bars(10, { seed: 2 });
  beforeEach(async () => {
    trainer = makeTrainer();
    events = await collect(trainer.fit(bars(20), { epochs: 6, batchSize: 8, validation }));
  });

  it("learns, and reports every step, epoch and checkpoint with its fields", async () => {
    const steps = only(events, "step");
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
    expect(steps.map(({ epoch, batch }) => [epoch, batch]).slice(0, 4)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 1],
    ]);
    for (const step of steps) {
      expect(step).toMatchObject({ epochs: 6, batches: 3, learningRate: 0.02 });
      expect(step.loss).toBeGreaterThan(0);
      expect(step.accuracy).toBeGreaterThanOrEqual(0);
      expect(step.imagesPerSecond).toBeGreaterThanOrEqual(0);
      expect(step.secondsLeft).toBeGreaterThanOrEqual(0);
    }
    const epochs = only(events, "epoch");
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const epoch of epochs) {
      const own = steps.filter((step) => step.epoch === epoch.epoch);
      const sizes = [8, 8, 4];
      const mean = own.reduce((sum, { loss }, i) => sum + loss * sizes[i]!, 0) / 20;
      expect(epoch.loss).toBeCloseTo(mean, 10);
      const right = own.reduce((sum, { accuracy }, i) => sum + accuracy! * sizes[i]!, 0) / 20;
      expect(epoch.accuracy).toBeCloseTo(right, 10);
      expect(epoch.validation).toMatchObject({ count: 10, classes: CLASSES });
      expect(epoch.seconds).toBeGreaterThan(0);
    }
    expect(only(events, "checkpoint").map(({ step, stored }) => [step, stored])[0]).toEqual([
      3,
      false,
    ]);
    const compiled = only(events, "compile");
    expect(compiled.length).toBeGreaterThan(0);
    expect(compiled.at(-1)!.done).toBe(compiled.at(-1)!.total);
    expect(epochs.at(-1)!.loss).toBeLessThan(0.6 * epochs[0]!.loss);
    expect(epochs.at(-1)!.validation!.accuracy).toBeGreaterThan(0.9);
    expect(only(events, "stopped")).toEqual([]);
  });

  it("is the same run for the same seed", async () => {
    const again = makeTrainer();
    const second = await collect(again.fit(bars(20), { epochs: 6, batchSize: 8, validation }));
    const losses = (all: TrainEvent[]) => only(all, "step").map(({ loss }) => loss);
    expect(losses(second)).toEqual(losses(events));
    expect(await weights(again.model)).toEqual(await weights(trainer.model));
    const other = makeTrainer({ seed: 5 });
    expect(losses(await collect(other.fit(bars(20), { batchSize: 8 })))[1]).not.toBe(
      losses(events)[1],
    );
  });

  it("leaves no gradient behind", () => {
    expect(trainer.model.parameters().every(({ grad }) => grad === null)).toBe(true);
  });
});

describe("evaluate and predict", () => {
  it("agree with each other and with what the model gives", async () => {
    const trainer = makeTrainer();
    await collect(trainer.fit(bars(12), { batchSize: 6 }));
    const set = bars(11, { seed: 4 });
    const result = await trainer.evaluate(set, { batchSize: 4 });
    const predictions = await trainer.predict(set, { batchSize: 3 });
    const matrix = CLASSES.map(() => [0, 0, 0]);
    predictions.forEach(({ label }, i) => {
      matrix[set.labels![i]!]![label]!++;
    });
    expect(result.confusionMatrix).toEqual(matrix);
    expect(result.count).toBe(11);
    const diagonal = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
    expect(result.accuracy).toBeCloseTo(diagonal / 11, 10);
    const meanLoss =
      predictions.reduce((sum, p, i) => sum - Math.log(p.probabilities[set.labels![i]!]!), 0) / 11;
    expect(result.loss).toBeCloseTo(meanLoss, 4);
    result.perClass.forEach(({ precision, recall, f1, count }, c) => {
      const [row, column] = [matrix[c]!, matrix.map((r) => r[c]!)];
      const [hits, total] = [row[c]!, row.reduce((a, b) => a + b, 0)];
      const predicted = column.reduce((a, b) => a + b, 0);
      expect(count).toBe(total);
      expect(recall).toBeCloseTo(hits / total, 10);
      expect(precision).toBeCloseTo(predicted ? hits / predicted : 0, 10);
      expect(f1).toBeCloseTo((2 * hits) / (total + predicted), 10);
    });
    const recalls = result.perClass.map(({ recall }) => recall);
    expect(result.balancedAccuracy).toBeCloseTo(recalls.reduce((a, b) => a + b, 0) / 3, 10);
    for (const { name, label, probability, probabilities } of predictions) {
      expect(name).toBe(CLASSES[label]);
      expect(probability).toBe(Math.max(...probabilities));
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
  });

  it("take a tensor of images too, and leave each layer's mode as it was", async () => {
    const trainer = makeTrainer();
    const bn = trainer.model.get("bn");
    trainer.model.train();
    bn.eval();
    const images = tensor(new Float32Array(48), { shape: [2, 1, 4, 6] });
    const found = await trainer.predict(images, { classes: ["a", "b", "c"] });
    expect(found).toHaveLength(2);
    expect(["a", "b", "c"]).toContain(found[0]!.name);
    await trainer.evaluate(bars(4));
    expect(bn.training).toBe(false);
    expect(trainer.model.get("drop").training).toBe(true);
  });

  it("don't move the weights nor the running statistics", async () => {
    const trainer = makeTrainer();
    const before = await weights(trainer.model);
    await trainer.evaluate(bars(8));
    await trainer.predict(bars(8));
    expect(await weights(trainer.model)).toEqual(before);
  });

  it("know classes that no label names, and stop at a signal", async () => {
    const trainer = makeTrainer();
    const set = data.fromArrays(new Float32Array(48), [1, 4, 6], [0, 0], {
      classes: ["x", "y", "z"],
    });
    const { confusionMatrix, classes, perClass } = await trainer.evaluate(set);
    expect(confusionMatrix).toHaveLength(3);
    expect(classes).toEqual(["x", "y", "z"]);
    expect(perClass[2]!.count).toBe(0);
    const signal = AbortSignal.abort();
    await expect(trainer.evaluate(set, { signal })).rejects.toThrow(/abort/i);
    await expect(trainer.evaluate(set, mistyped({ batch: 2 }))).rejects.toThrow(/evaluate.*batch/);
  });
});

describe("schedules", () => {
  const ratesOf = async (schedule: (opt: optim.Adam) => TrainerOptions["schedule"], epochs = 3) => {
    const model = tinyNet();
    const optimizer = new optim.Adam(model.parameters(), { lr: 1 });
    const trainer = new Trainer({ model, optimizer, schedule: schedule(optimizer) });
    const events = await collect(trainer.fit(bars(4), { epochs, batchSize: 2 }));
    return only(events, "step").map(({ learningRate }) => Number(learningRate.toFixed(6)));
  };

  it("step once an epoch or once a step, as they are made or told", async () => {
    expect(await ratesOf((opt) => new optim.StepLR(opt, 1, 0.5))).toEqual([
      1, 1, 0.5, 0.5, 0.25, 0.25,
    ]);
    expect(await ratesOf((opt) => new optim.LinearWarmup(opt, 4, 0.2))).toEqual([
      0.2, 0.4, 0.6, 0.8, 1, 1,
    ]);
    const told = (opt: optim.Adam) => ({
      schedule: new optim.ExponentialLR(opt, 0.5),
      every: "step" as const,
    });
    expect(await ratesOf(told, 2)).toEqual([1, 0.5, 0.25, 0.125]);
  });

  it("watch the validation loss, or the training loss without one", async () => {
    const plateau = (opt: optim.Adam) =>
      new optim.ReduceLROnPlateau(opt, { mode: "max", threshold: 1e9, patience: 0, factor: 0.5 });
    // The first epoch improves on nothing; from then on no gain is large enough.
    expect(await ratesOf(plateau, 4)).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]);
  });
});

describe("other objectives", () => {
  it("take a function as loss, clip gradients, and name no accuracy where there is none", async () => {
    const model = new nn.Sequential(new nn.Flatten(0), new nn.Linear(48, 1));
    const loss = (outputs: Tensor) => outputs.square().mean();
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    const trainer = new Trainer({ model, optimizer, loss, clipGradNorm: 1e-3 });
    const before = await weights(model);
    const events = await collect(trainer.fit(bars(2), { batchSize: 2 }));
    expect(only(events, "step")[0]!.accuracy).toBeUndefined();
    expect(only(events, "epoch")[0]!.accuracy).toBeUndefined();
    const after = await weights(model);
    const moved = Object.entries(before).flatMap(([name, values]) =>
      values.map((value, i) => value - after[name]![i]!),
    );
    expect(Math.hypot(...moved)).toBeCloseTo(1e-3, 5);
  });

  it("weigh classes, and accept F.crossEntropy itself", async () => {
    const loss = new nn.CrossEntropyLoss({ weight: tensor([1, 2, 0.5]) });
    const events = await collect(makeTrainer({ loss }).fit(bars(6), { batchSize: 3 }));
    expect(only(events, "step")).toHaveLength(2);
    await collect(makeTrainer({ loss: F.crossEntropy }).fit(bars(6), { batchSize: 3 }));
  });
});

describe("callbacks", () => {
  it("see every event before the loop does, and are awaited", async () => {
    const seen: string[] = [];
    const slow = async ({ type }: TrainEvent) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(type);
    };
    const trainer = makeTrainer({ callbacks: [slow] });
    const got: string[] = [];
    for await (const { type } of trainer.fit(bars(4), { batchSize: 2 })) {
      got.push(type);
      expect(seen).toEqual(got);
    }
    expect(got.slice(-4)).toEqual(["step", "step", "epoch", "checkpoint"]);
  });

  it("that throw end the fit, which can be run again", async () => {
    let broken = true;
    const callback = () => {
      if (broken) throw new Error("the chart is gone");
    };
    const trainer = makeTrainer({ callbacks: [callback] });
    await expect(collect(trainer.fit(bars(4)))).rejects.toThrow("the chart is gone");
    broken = false;
    expect(only(await collect(trainer.fit(bars(4))), "epoch")).toHaveLength(1);
  });
});
