// Class weights and ignored labels: whatever the batches, the numbers are PyTorch's for all images at once. They were computed
// with torch.nn.functional.cross_entropy in float64, then W − 0.5 · gradient.
import { describe, expect, it } from "vitest";
import { data, F, nn, optim, type Tensor, Trainer, tensor } from "../../src/index.ts";
import { collect, only } from "./toy.ts";

const IGNORED = -100;
const LABELS = [0, 2, IGNORED, 1, 2, IGNORED, 0, 2];
const CLASS_WEIGHTS = [1, 3, 0.25];

/** Of 8 images of 4 values. */
function images(): data.Dataset {
  const values = Float32Array.from({ length: 32 }, (_, i) => Math.cos(0.7 * i));
  return data.fromArrays(values, [1, 2, 2], LABELS);
}

function network(): nn.Sequential {
  const linear = new nn.Linear(4, 3, { bias: false });
  const weight = Float32Array.from({ length: 12 }, (_, i) => Math.sin(1.3 * i + 0.5));
  linear.loadStateDict({ weight: tensor(weight, { shape: [3, 4] }) });
  return new nn.Sequential({ flatten: new nn.Flatten(), linear });
}

function trainerOf(loss: nn.Module | typeof F.crossEntropy, lr = 0.5): Trainer {
  const model = network();
  return new Trainer({ model, loss, optimizer: new optim.SGD(model.parameters(), { lr }) });
}

type Case = readonly [string, () => nn.Module | typeof F.crossEntropy, number, number[]];
const cases: Case[] = [
  [
    "class weights",
    () => new nn.CrossEntropyLoss({ weight: tensor(CLASS_WEIGHTS) }),
    1.5963965308,
    [
      0.486237, 1.0754924, 0.1902537, -0.825824, -0.6616673, 0.440481, 0.6819683, -0.2946631,
      -0.891266, -0.2433685, 0.8753149, 0.7828103,
    ],
  ],
  [
    "ignored labels alone",
    () => F.crossEntropy,
    1.6096972998,
    [
      0.4223009, 1.012514, 0.1578527, -0.812409, -0.5908239, 0.5591644, 0.7926731, -0.2440031,
      -0.8981733, -0.2990735, 0.7970112, 0.7187353,
    ],
  ],
  [
    "a sum of losses",
    () => new nn.CrossEntropyLoss({ weight: tensor(CLASS_WEIGHTS), reduction: "sum" }),
    9.1792800523,
    [
      0.5185912, 1.5583052, 0.8964507, -0.2283784, -1.1888304, -0.5879206, -0.3639985, -0.8662605,
      -0.3964571, 0.3022203, 1.2150848, 0.7569621,
    ],
  ],
  [
    "smoothed labels",
    () => new nn.CrossEntropyLoss({ weight: tensor(CLASS_WEIGHTS), labelSmoothing: 0.1 }),
    1.666282295,
    [
      0.4705029, 1.0589367, 0.1806628, -0.8239394, -0.6499994, 0.4593999, 0.6992405, -0.287161,
      -0.8871997, -0.2457317, 0.8676336, 0.7734236,
    ],
  ],
];

describe.each(cases)("%s", (_, makeLoss, loss, expected) => {
  it.each([
    [8, 1],
    [4, 2],
    [3, 3],
    [1, 8],
  ])("batches of %i, %i a step, make PyTorch's step", async (batchSize, accumulate) => {
    const trainer = trainerOf(makeLoss());
    const settings = { batchSize, accumulate, shuffle: false };
    const events = await collect(trainer.fit(images(), settings));
    expect(only(events, "step").map((event) => event.loss)).toEqual([expect.closeTo(loss, 5)]);
    expect(only(events, "epoch")[0]!.loss).toBeCloseTo(loss, 5);
    const weight = await trainer.model.parameters()[0]!.data();
    expected.forEach((value, i) => {
      expect(weight[i]).toBeCloseTo(value, 5);
    });
  });

  it.each([8, 5, 3, 1])("evaluated in batches of %i have the loss of the whole set", async (n) => {
    const result = await trainerOf(makeLoss()).evaluate(images(), { batchSize: n });
    expect(result.loss).toBeCloseTo(loss, 5);
    expect(result.count).toBe(6);
  });
});

describe("batches whose labels are all ignored", () => {
  const ignored = (count: number) =>
    data.fromArrays(new Float32Array(4 * count).fill(0.3), [1, 2, 2], Array(count).fill(IGNORED));

  it("are passed over: nothing is learned, counted or written", async () => {
    const model = new nn.Sequential(new nn.BatchNorm2d(1), network());
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1, weightDecay: 0.1 });
    const trainer = new Trainer({ model, optimizer });
    const before = await Promise.all(Object.values(model.stateDict()).map((t) => t.data()));
    const events = await collect(trainer.fit(ignored(4), { batchSize: 2, epochs: 2 }));
    expect(only(events, "step")).toEqual([]);
    expect(only(events, "epoch").map(({ loss, accuracy }) => [loss, accuracy])).toEqual([
      [Number.NaN, undefined],
      [Number.NaN, undefined],
    ]);
    const after = await Promise.all(Object.values(model.stateDict()).map((t) => t.data()));
    expect(after).toEqual(before);
    expect(await trainer.evaluate(ignored(3))).toMatchObject({ count: 0, loss: Number.NaN });
  });

  it("count for nothing among others, alone or within a step", async () => {
    const mixed = data.concat([ignored(2), images(), ignored(2)]);
    for (const settings of [{ batchSize: 2 }, { batchSize: 2, accumulate: 3 }]) {
      const [some, all] = [trainerOf(F.crossEntropy, 0.1), trainerOf(F.crossEntropy, 0.1)];
      const events = await collect(some.fit(mixed, { ...settings, shuffle: false }));
      for (const { loss } of only(events, "step")) expect(loss).toBeGreaterThan(0);
      const last = only(events, "epoch")[0]!;
      expect(last.loss).toBeGreaterThan(0);
      if (settings.accumulate) continue;
      await collect(all.fit(images(), { ...settings, shuffle: false }));
      const [ours, theirs] = [some, all].map(({ model }) => model.parameters()[0]!.data());
      expect(await ours).toEqual(await theirs);
    }
  });

  it("aren't known to a loss that ignores another label", async () => {
    const loss = new nn.CrossEntropyLoss({ ignoreIndex: 255 });
    await expect(trainerOf(loss).evaluate(images())).rejects.toThrow(
      /example 2: label -100 is out of range: the model has 3 outputs/,
    );
  });
});

it("a function of the user's counts images, whatever their labels", async () => {
  const loss = (outputs: Tensor) => outputs.square().mean();
  const losses = await Promise.all(
    [8, 3].map(async (batchSize) => {
      const trainer = new Trainer({ ...trainerOf(F.crossEntropy).options, loss });
      return (await trainer.evaluate(images(), { batchSize })).loss;
    }),
  );
  expect(losses[1]).toBeCloseTo(losses[0]!, 5);
});
