import { beforeEach, describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  estimateMemory,
  F,
  nn,
  optim,
  randn,
  type Tensor,
  Trainer,
  tensor,
} from "../../src/index.ts";
import { collectUntil } from "../autograd/collect_garbage.ts";
import { mistyped } from "../mistyped.ts";
import { bars, tinyNet } from "./toy.ts";

const live = () => currentDevice().memory().liveBuffers;

/** Garbage of earlier tests must not go away while a test counts. */
beforeEach(async () => {
  let before = live();
  await collectUntil(() => {
    const settled = live() === before;
    before = live();
    return settled;
  });
});

describe("500 steps leak nothing", () => {
  it("in a Trainer with partial batches and validation", async () => {
    const model = tinyNet();
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    const trainer = new Trainer({ model, optimizer });
    const counts: number[] = [];
    const settings = { epochs: 100, batchSize: 4, validation: bars(3) };
    for await (const event of trainer.fit(bars(18), settings)) {
      if (event.type === "epoch") counts.push(live());
    }
    expect(counts).toHaveLength(100);
    expect(Math.max(...counts.slice(2))).toBeLessThanOrEqual(Math.max(...counts.slice(0, 2)));
  });

  it("in a loop by hand without dispose that reads nothing", async () => {
    const model = tinyNet({ dropout: 0.5 });
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
    const x = randn([4, 1, 4, 6]);
    const y = tensor(new Int32Array([0, 1, 2, 0]));
    const counts: number[] = [];
    const losses: Tensor[] = [];
    for (let i = 0; i < 500; i++) {
      optimizer.zeroGrad();
      const loss = F.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      losses.push(loss);
      counts.push(live());
    }
    expect(Math.max(...counts.slice(5))).toBeLessThanOrEqual(Math.max(...counts.slice(2, 5)));
    expect(await losses[499]!.item()).toBeLessThan(await losses[0]!.item());
  });
});

describe("estimateMemory", () => {
  const network = () =>
    new nn.Sequential(
      new nn.Conv2d(3, 8, 3, { padding: 1 }),
      new nn.BatchNorm2d(8),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(8, 16, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.Flatten(),
      new nn.Linear(16 * 16 * 16, 10),
    );

  it.each([
    ["Adam", 2],
    ["SGD", 0],
  ] as const)(
    "agrees with the measured peak of a captured step with %s",
    async (name, optimizerState) => {
      const device = currentDevice();
      const before = device.memory().liveBytes;
      const model = network();
      const parameters = device.memory().liveBytes - before;
      const estimate = estimateMemory(model, [3, 32, 32], { batchSize: 16, optimizerState });
      expect(estimate.parameters).toBe(parameters);
      expect(device.memory().liveBytes).toBe(before + parameters);
      expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
      const Optimizer = name === "Adam" ? optim.Adam : optim.SGD;
      const trainer = new Trainer({
        model,
        optimizer: new Optimizer(model.parameters(), { lr: 0.01 }),
      });
      device.resetPeakMemory();
      const inputs = [randn([16, 3, 32, 32]), tensor(new Int32Array(16))] as const;
      for (let i = 0; i < 3; i++) await trainer.trainStep(...inputs).loss.item();
      const peak = device.memory().peakBytes - before;
      expect(Math.abs(estimate.total / peak - 1)).toBeLessThan(0.1);
      const { total, step, optimizer, inputs: fed } = estimate;
      expect(total).toBe(parameters + step + optimizer + fed);
      trainer.trainStep.dispose();
    },
  );

  it("leaves each layer in its mode", () => {
    const model = network();
    model.get("1").eval();
    estimateMemory(model, [3, 32, 32], { batchSize: 2 });
    expect(model.modules().map(({ training }) => training)).toEqual(
      model.modules().map((module) => module !== model.get("1")),
    );
  });

  it("knows a loss over several labels an image", () => {
    const at = (loss: nn.Module) => estimateMemory(network(), [3, 32, 32], { batchSize: 4, loss });
    const one = at(new nn.CrossEntropyLoss()).step;
    expect(Math.abs(at(new nn.BCEWithLogitsLoss()).step / one - 1)).toBeLessThan(0.05);
  });

  it("grows with the batch and says what is over the limits", () => {
    const model = network();
    const at = (batchSize: number) => estimateMemory(model, [3, 32, 32], { batchSize }).step;
    expect(at(16) / at(4)).toBeGreaterThan(2.5);
    expect(() => at(2 ** 21)).toThrow(/needs .* but this adapter's .* is .*: use a smaller batch/);
    expect(model.training).toBe(true);
    expect(() => estimateMemory(model, [3, 32, 32], mistyped({ batch: 2 }))).toThrow(/batch/);
    const options = { batchSize: 4 };
    expect(estimateMemory(model, [4, 3, 32, 32])).toEqual(
      estimateMemory(model, [3, 32, 32], options),
    );
    expect(() => estimateMemory(model, [2, 3, 32, 32], options)).toThrow(
      /inputShape \[2,3,32,32\] is a batch of 2, but batchSize is 4/,
    );
  });
});
