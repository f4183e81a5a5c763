// The head first, then more and more of the layers before it: PyTorch's numbers, with the optimizer's state kept.
import { describe, expect, it } from "vitest";
import { models, optim, Trainer, transfer } from "../../src/index.ts";
import { GOLDEN_FIT, golden, goldenNetwork, goldenSet } from "../golden/transfer.ts";
import { expectClose } from "../ops/compare.ts";
import { bars, makeTrainer, memoryStore, tinyNet, weights } from "../train/toy.ts";

const STAGES = ["head", "bn", "conv"];
const FIT = { batchSize: 4, epochs: 3 };

const open = (model: ReturnType<typeof tinyNet>) =>
  model.namedParameters().flatMap(([name, { requiresGrad }]) => (requiresGrad ? [name] : []));

it("trains as PyTorch does with the same layers frozen", async () => {
  const { stages, epochs, weights: expected } = golden.gradual;
  const model = goldenNetwork();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.3, momentum: 0.9 });
  const beforeEpoch = transfer.gradualUnfreezing(model, { stages });
  await new Trainer({ model, optimizer }).fit(goldenSet(), { ...GOLDEN_FIT, epochs, beforeEpoch });
  for (const [name, values] of Object.entries(await weights(model)))
    expectClose(name, values, expected[name]!, [values.length], 1e-4);
});

describe("gradualUnfreezing", () => {
  it("opens a stage after so many epochs, and knows by the number alone", () => {
    const model = tinyNet();
    const beforeEpoch = transfer.gradualUnfreezing(model, { stages: STAGES, every: 2 });
    expect(open(model)).toEqual(["head.weight", "head.bias"]);
    for (const [epoch, count] of [
      [1, 2],
      [2, 4],
      [9, 6],
      [0, 2],
    ] as const) {
      beforeEpoch(epoch);
      expect(open(model)).toHaveLength(count);
    }
  });

  it("cuts a network's features in thirds, the last ones first", () => {
    const model = models.vgg11({ numClasses: 2, inputSize: 32 });
    const beforeEpoch = transfer.gradualUnfreezing(model);
    const trained = () =>
      new Set(
        model
          .namedParameters()
          .flatMap(([name, t]) => (t.requiresGrad ? [name.split(".").slice(0, 2).join(".")] : [])),
      );
    expect([...trained()].some((name) => name.startsWith("features"))).toBe(false);
    const counts = [0, 1, 2, 3].map((epoch) => {
      beforeEpoch(epoch);
      return [...trained()].filter((name) => name.startsWith("features")).length;
    });
    expect(counts).toEqual([0, 3, 5, 8]);
    expect(
      transfer.selectModules(model, /^features\.0$/)[0]![1].parameters()[0]!.requiresGrad,
    ).toBe(true);
  });

  it("goes on from a checkpoint in a later epoch bit for bit", async () => {
    const make = () => {
      const model = tinyNet();
      return { model, beforeEpoch: transfer.gradualUnfreezing(model, { stages: STAGES }) };
    };
    const whole = make();
    const { beforeEpoch } = whole;
    await makeTrainer({ model: whole.model }).fit(bars(12), { ...FIT, beforeEpoch });
    const store = memoryStore();
    const first = make();
    for await (const event of makeTrainer({ model: first.model }).fit(bars(12), {
      ...FIT,
      beforeEpoch: first.beforeEpoch,
      store,
    }))
      if (event.type === "checkpoint" && event.step === 6) break;
    const { model, beforeEpoch: again } = make();
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
    const trainer = await Trainer.resume(store, { model, optimizer });
    await trainer.fit(bars(12), { ...FIT, beforeEpoch: again });
    expect(await weights(model)).toEqual(await weights(whole.model));
  });

  it("says at once what is wrong, and in the epoch where the optimizer misses what is unfrozen", async () => {
    const model = tinyNet();
    expect(() => transfer.gradualUnfreezing(model)).toThrow(/say what is unfrozen when/);
    expect(() => transfer.gradualUnfreezing(model, { stages: ["head", "tail"] })).toThrow(
      /no layer matches tail/,
    );
    expect(() => transfer.gradualUnfreezing(model, { stages: STAGES, every: 0 })).toThrow(
      /every must be/,
    );
    const beforeEpoch = transfer.gradualUnfreezing(model, { stages: STAGES });
    const optimizer = new optim.Adam(model.get("head").parameters());
    const run = new Trainer({ model, optimizer }).fit(bars(8), { ...FIT, beforeEpoch });
    await expect(run).rejects.toThrow(/the optimizer doesn't have bn.weight, bn.bias/);
  });
});
