// Metrics and losses of the user's own: what they are told, and where their figures are found.
import { describe, expect, it } from "vitest";
import {
  data,
  evaluate,
  F,
  type Metric,
  nn,
  optim,
  predict,
  type Tensor,
  Trainer,
  tensor,
  topKAccuracy,
} from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { bars, CLASSES, collect, makeTrainer, only, tinyNet } from "./toy.ts";

/** Mean output of the right class: a metric as a user writes one. */
const rightOutput: Metric<{ sum: number; count: number }> = {
  name: "rightOutput",
  reset: () => ({ sum: 0, count: 0 }),
  update(state, { outputs, width, targets, count }) {
    state.count += count;
    for (let i = 0; i < count; i++) state.sum += outputs[i * width + targets[i]!]!;
  },
  compute: ({ sum, count }) => sum / count,
};

/** The same by hand, of a model as it is. */
async function meanRightOutput(model: nn.Module, set: data.Dataset): Promise<number> {
  const found = await predict(model, set);
  return found.reduce((sum, { outputs }, i) => sum + outputs[set.labels![i]!]!, 0) / set.length;
}

describe("a metric of the user's own", () => {
  it("is in evaluations, beside those with names", async () => {
    const trainer = makeTrainer({ metrics: ["accuracy", rightOutput, topKAccuracy(2, "top2")] });
    await trainer.fit(bars(12), { batchSize: 4 });
    const set = bars(10, { seed: 4 });
    const { metrics, accuracy } = await trainer.evaluate(set, { batchSize: 3 });
    const found = await trainer.predict(set);
    const ranks = found.map(
      ({ outputs }, i) => outputs.filter((value) => value > outputs[set.labels![i]!]!).length,
    );
    expect(metrics.accuracy).toBe(accuracy);
    expect(metrics.accuracy).toBeCloseTo(ranks.filter((rank) => rank < 1).length / 10, 10);
    expect(metrics.top2).toBeCloseTo(ranks.filter((rank) => rank < 2).length / 10, 10);
    expect(metrics.rightOutput).toBeCloseTo(await meanRightOutput(trainer.model, set), 5);
  });

  it("is in step and epoch events, and in the history", async () => {
    const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 3));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0 }); // the same network all along
    const trainer = new Trainer({ model, optimizer, metrics: [rightOutput, "balancedAccuracy"] });
    const set = bars(10);
    const run = trainer.fit(set, {
      batchSize: 4,
      shuffle: false,
      validation: bars(5, { seed: 2 }),
    });
    const events = await collect(run);
    const [first, second, third] = only(events, "step").map(({ metrics }) => metrics.rightOutput!);
    const whole = await meanRightOutput(model, set);
    expect((4 * first! + 4 * second! + 2 * third!) / 10).toBeCloseTo(whole, 5);
    const [epoch] = only(events, "epoch");
    expect(epoch!.metrics.rightOutput).toBeCloseTo(whole, 5);
    expect(epoch!.validation!.metrics.rightOutput).toBeCloseTo(
      await meanRightOutput(model, bars(5, { seed: 2 })),
      5,
    );
    const evaluation = await trainer.evaluate(set);
    expect(evaluation.metrics.balancedAccuracy).toBeCloseTo(evaluation.balancedAccuracy, 10);
    expect(epoch!.metrics.balancedAccuracy).toBeCloseTo(evaluation.balancedAccuracy, 10);
    expect((await run).epochs[0]!.metrics).toEqual(epoch!.metrics);
  });

  it("keeps what it has counted of an epoch that is interrupted, also through a checkpoint", async () => {
    let kept = new Uint8Array();
    const store = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes.slice();
      },
    };
    const lowest: Metric<{ value: number }> = {
      name: "lowest",
      reset: () => ({ value: Number.POSITIVE_INFINITY }),
      update: (state, { outputs }) => {
        state.value = Math.min(state.value, ...outputs);
      },
      compute: ({ value }) => value,
    };
    const metrics = [rightOutput, lowest];
    const whole = await makeTrainer({ metrics }).fit(bars(16), { batchSize: 4 });
    const first = makeTrainer({ metrics });
    for await (const event of first.fit(bars(16), { batchSize: 4 }))
      if (event.type === "step" && event.step === 2) break;
    await first.save(store);
    const { model, optimizer } = makeTrainer();
    const resumed = await Trainer.resume(store, { model, optimizer, metrics });
    const history = await resumed.fit(bars(16), { batchSize: 4 });
    expect(history.epochs[0]!.metrics).toEqual(whole.epochs[0]!.metrics);
    expect(history.epochs[0]!.accuracy).toBe(whole.epochs[0]!.accuracy);
  });

  it("doesn't see examples whose label is ignored", async () => {
    const set = data.fromArrays(new Float32Array(72), [1, 4, 6], [1, -100, 2]);
    const seen: number[][] = [];
    const watching: Metric = {
      name: "watching",
      reset: () => ({}),
      update: (_, { targets, count, predictions, outputs }) => {
        seen.push([...targets, count, predictions.length, outputs.length]);
      },
      compute: () => 0,
    };
    await evaluate(tinyNet(), set, { metrics: watching });
    expect(seen).toEqual([[1, 2, 2, 2, 6]]);
  });

  it("is refused where it is none, or has the name of another", () => {
    const build = (metrics: unknown) => () => makeTrainer({ metrics: mistyped(metrics) });
    expect(build({ name: "x", update() {} })).toThrow(/a metric is a name.*reset is missing/);
    expect(build([rightOutput, rightOutput])).toThrow(/two metrics have the name rightOutput/);
    expect(() => topKAccuracy(0)).toThrow(/k must be a whole number of at least 1/);
  });
});

describe("a loss of the user's own", () => {
  class Doubled extends nn.Loss {
    override readonly targets = "classes";
    override forward(outputs: Tensor, targets: Tensor): Tensor {
      return F.crossEntropy(outputs, targets).mul(2);
    }
  }

  it("that says its targets are classes is treated as those of nn are", async () => {
    const trainer = makeTrainer({ model: tinyNet({ outputs: 2 }), loss: new Doubled() });
    await expect(trainer.fit(bars(6))).rejects.toThrow(/label 2 is out of range: the model has 2/);
    const model = tinyNet();
    const [plain, doubled] = [
      await evaluate(model, bars(9)),
      await evaluate(model, bars(9), { loss: new Doubled(), batchSize: 4 }),
    ];
    expect(doubled.loss).toBeCloseTo(2 * plain.loss, 5);
    expect(doubled.confusionMatrix).toEqual(plain.confusionMatrix);
  });

  it("that says nothing is taken as before: class numbers give an accuracy", async () => {
    const loss = (outputs: Tensor, targets: Tensor) => F.crossEntropy(outputs, targets);
    const events = await collect(makeTrainer({ loss }).fit(bars(6), { batchSize: 6 }));
    expect(only(events, "step")[0]!.accuracy).toBeGreaterThanOrEqual(0);
  });

  it("of several labels, as a function that says so, gives probabilities by sigmoid", async () => {
    const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 3));
    const own = (outputs: Tensor, targets: Tensor) =>
      F.binaryCrossEntropyWithLogits(outputs, targets);
    const loss = Object.assign(own, { targets: "labels" as const });
    const [one] = await predict(model, bars(1), { loss });
    one!.outputs.forEach((logit, i) => {
      expect(one!.probabilities[i]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
    });
  });

  it("of values has no accuracy", async () => {
    const set = data.fromArrays(
      new Float32Array(48).fill(0.5),
      [1, 4, 6],
      [Float32Array.of(0.2), Float32Array.of(0.9)],
    );
    const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 1));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
    for (const loss of [new nn.MSELoss(), F.mseLoss]) {
      const trainer = new Trainer({ model, optimizer, loss });
      const events = await collect(trainer.fit(set));
      expect(only(events, "epoch")[0]!.accuracy).toBeUndefined();
      const evaluation = await trainer.evaluate(set);
      expect(evaluation).toMatchObject({ count: 2, accuracy: Number.NaN, confusionMatrix: [] });
      const [a, b] = (await predict(model, set, { loss })).map(({ outputs }) => outputs[0]!);
      expect(evaluation.loss).toBeCloseTo(((a! - 0.2) ** 2 + (b! - 0.9) ** 2) / 2, 5);
    }
  });

  it("that gives a number for each example is refused by name", () => {
    const loss = new nn.CrossEntropyLoss({ reduction: "none" });
    expect(() => makeTrainer({ loss })).toThrow(/the loss has reduction "none"/);
  });
});

describe("without a trainer", () => {
  it("evaluate and predict give what a trainer gives, and write nothing", async () => {
    const trainer = makeTrainer();
    await trainer.fit(bars(12), { batchSize: 4 });
    const set = bars(7, { seed: 3 });
    const { model } = trainer;
    const mode = model.modules().map(({ training }) => training);
    expect(await evaluate(model, set, { batchSize: 3 })).toEqual(
      await trainer.evaluate(set, { batchSize: 3 }),
    );
    expect(await predict(model, set)).toEqual(await trainer.predict(set));
    expect(model.modules().map(({ training }) => training)).toEqual(mode);
    await expect(predict(mistyped({}), set)).rejects.toThrow(/predict: model must be an nn.Module/);
    await expect(evaluate(model, set, mistyped({ batch: 1 }))).rejects.toThrow(/evaluate.*"batch"/);
  });

  it("predict runs a tensor through the transform, in batches", async () => {
    const model = tinyNet();
    const set = bars(5);
    const pixels = await Promise.all([0, 1, 2, 3, 4].map(async (i) => (await set.get(i)).image));
    const images = tensor(Float32Array.from(pixels.flatMap((image) => [...image])), {
      shape: [5, 1, 4, 6],
    });
    const transform = data.transforms.rescale(3);
    const expected = await predict(model, set, { transform });
    const found = await predict(model, images, { transform, batchSize: 2, classes: CLASSES });
    const plain = await predict(model, images);
    found.forEach(({ probabilities, name }, i) => {
      expect(name).toBe(expected[i]!.name);
      probabilities.forEach((share, c) => {
        expect(share).toBeCloseTo(expected[i]!.probabilities[c]!, 5);
      });
    });
    expect(plain[0]!.probabilities).not.toEqual(found[0]!.probabilities);
    expect(await makeTrainer({ model }).predict(images, { transform })).toEqual(
      await predict(model, images, { transform }),
    );
    expect(images.disposed).toBe(false);
  });
});

it("20,000 classes are evaluated without a matrix of 400 million numbers", async () => {
  const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(1, 20_000));
  const set = data.fromArrays(new Float32Array(3).fill(1), [1, 1, 1], [5, 19_999, 7]);
  const { perClass, confusionMatrix, count } = await evaluate(model, set);
  expect([perClass.length, confusionMatrix.length, count]).toEqual([20_000, 0, 3]);
  expect(perClass[19_999]!.count).toBe(1);
});
