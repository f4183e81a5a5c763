import { describe, expect, it } from "vitest";
import {
  data,
  F,
  manualSeed,
  models,
  nn,
  optim,
  Trainer,
  tensor,
  transfer,
} from "../../src/index.ts";
import { collect, only } from "./toy.ts";

const CLASSES = ["first", "second", "third"];

/** Pictures [1, 1, 3] of which any pixel may be bright: each is a label of its own. */
function lights(count: number, seed = 1): data.Dataset {
  const random = new data.Random(seed, 0);
  const labels = Array.from({ length: count }, () =>
    Float32Array.from(CLASSES, () => Math.round(random.float())),
  );
  const images = Float32Array.from(
    labels.flatMap((label) => [...label]),
    (on) => {
      return on + 0.4 * random.float();
    },
  );
  return data.fromArrays(images, [1, 1, 3], labels, { classes: CLASSES });
}

function network(): nn.Sequential {
  manualSeed(2);
  return new nn.Sequential(new nn.Flatten(), new nn.Linear(3, 3));
}

const trainerOf = (model: nn.Module, loss: typeof F.binaryCrossEntropyWithLogits | nn.Module) =>
  new Trainer({
    model,
    optimizer: new optim.Adam(model.parameters(), { lr: 0.1 }),
    ...{ loss, metrics: ["accuracy"] },
  });

describe("several labels an example", () => {
  it("are loaded as f32 [n, classes]", async () => {
    const set = lights(5);
    for await (const [, labels] of new data.DataLoader(set, { batchSize: 5 })) {
      expect([labels.dtype, labels.shape]).toEqual(["f32", [5, 3]]);
      const expected = await Promise.all([0, 1, 2, 3, 4].map((i) => set.get(i)));
      expect([...(await labels.data())]).toEqual(
        expected.flatMap(({ label }) => [...Object(label)]),
      );
    }
  });

  it("are learned, judged one by one and predicted by sigmoid", async () => {
    const trainer = trainerOf(network(), F.binaryCrossEntropyWithLogits);
    const events = await collect(
      trainer.fit(lights(48), { epochs: 40, batchSize: 16, validation: lights(20, 2) }),
    );
    const [first] = only(events, "step");
    expect(first!.accuracy).toBeLessThan(0.9);
    expect(only(events, "epoch").at(-1)!.accuracy).toBe(1);
    const result = await trainer.evaluate(lights(21, 3), { batchSize: 8 });
    expect(result).toMatchObject({ accuracy: 1, count: 21, confusionMatrix: [], classes: CLASSES });
    expect(result.perClass.map(({ f1 }) => f1)).toEqual([1, 1, 1]);
    const [both] = await trainer.predict(tensor([[[[1, 0, 1.2]]]]), { classes: CLASSES });
    const [a, b, c] = both!.probabilities;
    expect([a! > 0.5, b! < 0.5, c! > 0.5]).toEqual([true, true, true]);
  });

  it("count for what they are when an epoch ends in a small batch", async () => {
    const model = network();
    const trainer = trainerOf(model, new nn.BCEWithLogitsLoss());
    const set = lights(7);
    const whole = await trainer.evaluate(set, { batchSize: 7 });
    const parts = await trainer.evaluate(set, { batchSize: 3 });
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    expect(parts.accuracy).toBeCloseTo(whole.accuracy, 6);
  });

  it("may be probabilities for cross-entropy, judged by the most probable class", async () => {
    const soft = [
      [0.9, 0.1, 0],
      [0, 0.8, 0.2],
    ];
    const set = data.fromArrays([1, 0, 0, 0, 1, 0], [1, 1, 3], soft);
    const trainer = trainerOf(network(), new nn.CrossEntropyLoss());
    await collect(trainer.fit(set, { epochs: 60 }));
    const result = await trainer.evaluate(set);
    expect(result.accuracy).toBe(1);
    expect(result.confusionMatrix.flat().reduce((sum, n) => sum + n)).toBe(2);
  });

  it("go through a cache of features", async () => {
    const model = models.smallVgg({ inputSize: 4, inChannels: 1, widths: [2], numClasses: 2 });
    transfer.freeze(model, "features");
    const set = data.fromArrays(new Float32Array(32), [1, 4, 4], [Float32Array.of(1, 0), [1, 1]]);
    const features = await new transfer.FeatureCache(model).compute(set);
    expect((await features.get(1)).label).toEqual(Float32Array.of(1, 1));
    expect(features.labels).toBeUndefined();
  });

  it("are checked, naming the example", async () => {
    const make = (labels: (readonly number[])[]) =>
      data.fromArrays(new Float32Array(labels.length), [1, 1, 1], labels, { classes: CLASSES });
    expect(() =>
      make([
        [1, 0, 1],
        [1, 0],
      ]),
    ).toThrow(/example 1: the label \[1,0\] should be 3 numbers from 0 to 1, one a class/);
    expect(() => make([[1, 0, 2]])).toThrow(/example 0: the label \[1,0,2\]/);
    expect(() => data.split(lights(4), [0.5, 0.5], { stratify: true })).toThrow(
      /needs one class an example; example 0 has a number for each class/,
    );
    const uneven = data.fromArrays(new Float32Array(2), [1, 1, 1], [[1], [1, 0]]);
    const load = async () => {
      for await (const _ of new data.DataLoader(uneven, { batchSize: 2 }));
    };
    await expect(load()).rejects.toThrow(/labels of one batch must be alike/);
  });
});
