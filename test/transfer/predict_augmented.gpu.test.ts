// Test-time augmentation: the mean of what plain predictions give for variations of each image.
import { expect, it } from "vitest";
import { data, evaluate, predict, transfer } from "../../src/index.ts";
import { bars, makeTrainer } from "../train/toy.ts";

const SET = bars(9, { seed: 4 });
const transform = [data.transforms.rescale(0.9), data.transforms.colourJitter({ brightness: 0.6 })];
const TTA = { transform, batchSize: 4, times: 3, beta: 0.4, seed: 7 };

it("mixes the plain probabilities with the mean of the varied ones, for a model and for a Trainer", async () => {
  const trainer = makeTrainer();
  await trainer.fit(bars(24), { epochs: 2, batchSize: 8 });
  const plain = await predict(trainer.model, SET, { transform: transform.slice(0, 1) });
  const passes = await Promise.all(
    [7, 8, 9].map((seed) => predict(trainer.model, SET, { transform, seed, batchSize: 9 })),
  );
  expect([...passes[0]![0]!.probabilities]).not.toEqual([...passes[1]![0]!.probabilities]);
  for (const model of [trainer, trainer.model]) {
    const found = await transfer.predictAugmented(model, SET, TTA);
    expect(found).toHaveLength(9);
    found.forEach(({ probabilities, label, name, probability }, n) => {
      const expected = [0, 1, 2].map((c) => {
        const mean = passes.reduce((sum, pass) => sum + pass[n]!.probabilities[c]!, 0) / 3;
        return expect.closeTo(0.4 * plain[n]!.probabilities[c]! + 0.6 * mean, 5);
      });
      expect([...probabilities]).toEqual(expected);
      expect(probabilities[label]).toBe(probability);
      expect(probability).toBe(Math.max(...probabilities));
      expect(name).toBe(SET.classes![label]);
    });
  }
});

it("with a beta of 1 is as good as evaluate says, and refuses what it can't be", async () => {
  const trainer = makeTrainer();
  await trainer.fit(bars(24), { epochs: 3, batchSize: 8 });
  const found = await transfer.predictAugmented(trainer.model, SET, { ...TTA, beta: 1 });
  const right = found.filter(({ label }, i) => label === data.labelsOf(SET)[i]).length / 9;
  const { accuracy } = await evaluate(trainer.model, SET, { transform: transform.slice(0, 1) });
  expect(right).toBeCloseTo(accuracy, 6);
  const refused = (more: object) =>
    transfer.predictAugmented(trainer.model, SET, { ...TTA, ...more });
  await expect(refused({ times: 0 })).rejects.toThrow(/times must be a whole number/);
  await expect(refused({ beta: 2 })).rejects.toThrow(/beta must be from 0 to 1/);
});
