import { describe, expect, it } from "vitest";
import { data, evaluate, type nn, optim, Trainer, transfer } from "../../src/index.ts";
import { bars, tinyNet } from "../train/toy.ts";

/** Trains a tiny network for a few epochs, from given weights or from fresh ones. */
async function train(
  set: data.Dataset,
  seed: number,
  from: nn.Module | null = null,
): Promise<nn.Module> {
  const model = tinyNet({ seed });
  if (from) model.loadStateDict(from.stateDict());
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-2 });
  await new Trainer({ model, optimizer, seed }).fit(set, { epochs: 2, batchSize: 6 });
  return model;
}

describe("learningCurve", () => {
  it("tells what transfer gains, for the same examples", async () => {
    const source = await train(bars(120), 9);
    const seen: string[] = [];
    const points = await transfer.learningCurve(
      {
        transfer: (set, seed) => train(set, seed, source),
        "from scratch": (set, seed) => train(set, seed),
      },
      bars(60, { seed: 2 }),
      bars(30, { seed: 3 }),
      {
        sizes: [1, 8],
        repeats: 2,
        onProgress: ({ name, size }) => void seen.push(`${size} ${name}`),
      },
    );
    expect(points.map(({ size, name }) => `${size} ${name}`)).toEqual([
      ...["1 transfer", "1 from scratch", "8 transfer", "8 from scratch"],
    ]);
    expect(seen).toEqual(["1 from scratch", "1 transfer", "8 from scratch", "8 transfer"]);
    const [few, fewScratch, , manyScratch] = points;
    expect(few!.mean).toBeCloseTo((few!.accuracies[0]! + few!.accuracies[1]!) / 2, 12);
    expect(few!.deviation).toBeCloseTo(
      Math.abs(few!.accuracies[0]! - few!.accuracies[1]!) / Math.SQRT2,
      12,
    );
    expect(few!.gain).toBeCloseTo(few!.mean - fewScratch!.mean, 12);
    expect(few!.gain).toBeGreaterThan(0.1);
    expect([fewScratch!.gain, manyScratch!.gain]).toEqual([0, 0]);
    const again = await train(data.perClass(bars(60, { seed: 2 }), 1, { seed: 1 }), 1);
    expect((await evaluate(again, bars(30, { seed: 3 }))).accuracy).toBe(fewScratch!.accuracies[1]);
  });

  it("says at once what can't be done", async () => {
    const way = () => tinyNet();
    const ask = (options: transfer.LearningCurveOptions, ways = { way }) =>
      transfer.learningCurve(ways, bars(12), bars(6), options);
    await expect(ask({ sizes: [2, 90] })).rejects.toThrow(
      /left.* has 4 examples, 90 were asked for/,
    );
    await expect(ask({ sizes: [2], repeats: 0 })).rejects.toThrow(/repeats must be/);
    await expect(transfer.learningCurve({}, bars(12), bars(6))).rejects.toThrow(/at least one way/);
  });
});
