// The learning-rate finder: fastai's formulas, PyTorch's losses, and nothing left behind.
import { beforeEach, describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { AveragedModel, getRandomState, init, optim, Trainer, transfer } from "../../src/index.ts";
import { suggestRates } from "../../src/transfer/rates/suggest.ts";
import { GOLDEN_FIT, golden, goldenNetwork, goldenSet } from "../golden/transfer.ts";
import { expectClose } from "../ops/compare.ts";
import { bars, makeTrainer, tinyNet, weights } from "../train/toy.ts";

beforeEach(async () => {
  await init(); // a test may have left a lost device
});

describe("suggestions", () => {
  it.each(golden.lrCurves)("$name: as fastai's", ({ rates, losses, steps, found }) => {
    const suggested = suggestRates(rates, losses, steps)!;
    for (const name of ["valley", "steep", "minimum"] as const)
      expect(suggested[name] / found[name], name).toBeCloseTo(1, 7);
  });

  it("of too few steps are none", () => {
    expect(suggestRates([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7], 7)).toBe(null);
    expect(suggestRates([1, 2, 3], [1, 2, 9], 100)).toBe(null);
  });
});

describe("lrFind", () => {
  it("trains as PyTorch does while the rate rises, and smooths as fastai does", async () => {
    const { steps, high, rates, losses, found } = golden.lrFind;
    const model = goldenNetwork();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const trainer = new Trainer({ model, optimizer });
    const settings = { ...GOLDEN_FIT, steps, minLr: 1e-4, maxLr: high };
    const result = await transfer.lrFind(trainer, goldenSet(), settings);
    expectClose("rates", result.rates, rates, [rates.length], 1e-9);
    expectClose("losses", result.losses, losses, [losses.length], 1e-4);
    expect(result.suggestion).toBeCloseTo(found.valley, 9);
    expect(result.suggestions.steep).toBeCloseTo(found.steep, 9);
    expect(result.suggestions.minimum).toBeCloseTo(found.minimum, 9);
  });

  it("puts back weights, optimizer, random numbers and modes: training goes on as if it hadn't been", async () => {
    const make = () => {
      const model = tinyNet();
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
      const schedule = new optim.StepLR(optimizer, 1, 0.5);
      return makeTrainer({ model, optimizer, schedule, average: new AveragedModel(model) });
    };
    const [plain, searched] = [make(), make()];
    for (const trainer of [plain, searched]) await trainer.fit(bars(12), { batchSize: 4 });
    const random = getRandomState();
    searched.model.get("bn").eval();
    await transfer.lrFind(searched, bars(12), { batchSize: 4, steps: 30, maxLr: 5 });
    expect(getRandomState()).toEqual(random);
    expect(searched.model.get("bn").training).toBe(false);
    expect(searched.optimizer.groups[0]).toMatchObject({ lr: 0.01 });
    for (const trainer of [plain, searched])
      await trainer.fit(bars(12), { batchSize: 4, epochs: 2 });
    expect(await weights(searched.model)).toEqual(await weights(plain.model));
  });

  it("ends early where the loss explodes, and keeps groups in proportion", async () => {
    const model = tinyNet();
    const groups = [
      { params: model.get("conv").parameters(), lr: 0.001 },
      { params: model.get("head").parameters(), lr: 0.01 },
    ];
    transfer.freeze(model, "bn");
    const trainer = makeTrainer({ model, optimizer: new optim.SGD(groups, { lr: 0.01 }) });
    const ratios = new Set<number>();
    const onProgress = () => {
      const [first, second] = trainer.optimizer.groups as { lr?: number }[];
      ratios.add(Math.round(second!.lr! / first!.lr!));
    };
    const found = await transfer.lrFind(trainer, bars(12), {
      ...{ batchSize: 4, steps: 60, minLr: 1e-3, maxLr: 1e6, onProgress },
    });
    expect(found.losses.length).toBeLessThan(60);
    expect([...ratios]).toEqual([10]);
    expect(trainer.optimizer.groups).toMatchObject([{ lr: 0.001 }, { lr: 0.01 }]);
  });

  it("survives the loss of the GPU with the same result", async () => {
    const settings = { batchSize: 4, steps: 20, maxLr: 1 };
    const expected = await transfer.lrFind(makeTrainer(), bars(12), settings);
    const device = currentDevice();
    const onProgress = (done: number) => {
      if (done === 7) device.gpu.destroy();
    };
    const trainer = makeTrainer();
    const start = await weights(trainer.model);
    expect(await transfer.lrFind(trainer, bars(12), { ...settings, onProgress })).toEqual(expected);
    expect(currentDevice()).not.toBe(device);
    expect(await weights(trainer.model)).toEqual(start);
  });

  it("says what is wrong, and stops at its signal", async () => {
    const trainer = makeTrainer();
    const find = (options: transfer.LrFindOptions) => transfer.lrFind(trainer, bars(6), options);
    await expect(find({ minLr: 2, maxLr: 1 })).rejects.toThrow(/not from 2 to 1/);
    await expect(find({ steps: 5 })).rejects.toThrow(/steps must be a whole number of at least 10/);
    const start = await weights(trainer.model);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(find({ signal })).rejects.toThrow("enough");
    await expect(find({ minLr: 1e4, maxLr: 1e9 })).rejects.toThrow(/too early to tell a rate/);
    expect(await weights(trainer.model)).toEqual(start);
  });
});
