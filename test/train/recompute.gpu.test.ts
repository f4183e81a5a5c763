import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { estimateMemory, manualSeed, nn, optim, randn, Trainer, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { bars, collect, only, tinyNet, weights } from "./toy.ts";

async function course(recompute: boolean | number) {
  const model = tinyNet({ dropout: 0.4 });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const trainer = new Trainer({ model, optimizer, recompute, seed: 2 });
  const events = await collect(trainer.fit(bars(14), { epochs: 2, batchSize: 4 }));
  const losses = only(events, "step").map(({ loss }) => loss);
  return { losses, weights: await weights(model) };
}

describe("Trainer({ recompute })", () => {
  it("trains as without it, bit for bit", async () => {
    const expected = await course(false);
    for (const segments of [true, 2, 5, 100]) expect(await course(segments)).toEqual(expected);
  });

  it("trains a deep chain with less memory, as estimateMemory says", async () => {
    const device = currentDevice();
    const peaks = [false, true].map((recompute) => async () => {
      manualSeed(1);
      const before = device.memory().liveBytes;
      const block = (inputs: number) => [
        new nn.Conv2d(inputs, 16, 3, { padding: 1 }),
        new nn.ReLU(),
      ];
      const convolutions = [block(3), ...Array.from({ length: 9 }, () => block(16))].flat();
      const whole = new nn.Sequential(
        ...convolutions,
        new nn.MaxPool2d(8),
        new nn.Flatten(),
        new nn.Linear(16 * 64, 4),
      );
      const estimate = estimateMemory(whole, [3, 64, 64], {
        batchSize: 8,
        optimizerState: 0,
        recompute,
      });
      const trainer = new Trainer({
        model: whole,
        optimizer: new optim.SGD(whole.parameters(), { lr: 0.01 }),
        recompute,
      });
      device.resetPeakMemory();
      const inputs = [randn([8, 3, 64, 64]), tensor(new Int32Array(8))] as const;
      const loss = await trainer.trainStep(...inputs).loss.item();
      const peak = device.memory().peakBytes - before;
      expect(Math.abs(estimate.total / peak - 1)).toBeLessThan(0.1);
      trainer.trainStep.dispose();
      for (const parameter of whole.parameters()) parameter.dispose();
      return { loss, peak, step: estimate.step };
    });
    const plain = await peaks[0]!();
    const saving = await peaks[1]!();
    expect(saving.loss).toBe(plain.loss);
    expect(saving.step).toBeLessThan(0.8 * plain.step);
    expect(saving.peak).toBeLessThan(0.9 * plain.peak);
  });

  it("cuts a chain by hand", async () => {
    const model = tinyNet({ dropout: 0 });
    const x = randn([4, 1, 4, 6]);
    const step = async (run: () => ReturnType<typeof model.forward>) => {
      for (const parameter of model.parameters()) parameter.grad = null;
      run().square().sum().backward();
      return Promise.all(model.parameters().map(({ grad }) => grad!.data()));
    };
    const expected = await step(() => model.forward(x));
    expect(await step(() => nn.checkpointSequential(model, 3, x))).toEqual(expected);
  });

  it("refuses what is no number of segments", () => {
    const model = tinyNet();
    for (const wrong of [0, 2.5, mistyped("yes")])
      expect(() => nn.setRecompute(model, wrong)).toThrow(/must be true, false or a whole number/);
  });
});
