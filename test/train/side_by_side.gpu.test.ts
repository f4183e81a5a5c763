// Evaluation and prediction at the same time as each other and as training: as if one had come after the other.
import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { F, manualSeed, nn, optim, rand, randn, type Tensor, Trainer } from "../../src/index.ts";
import { collectAll, collectUntil } from "../autograd/collect_garbage.ts";
import { bars, collect, makeTrainer, only, tinyNet, weights } from "./toy.ts";

const FIT = { epochs: 3, batchSize: 4 };
const lossesOf = async (trainer: Trainer) =>
  only(await collect(trainer.fit(bars(12), FIT)), "step").map(({ loss }) => loss);

describe("two at once", () => {
  it("give what they give one after the other, and write nothing", async () => {
    const trainer = makeTrainer();
    await trainer.fit(bars(12), { batchSize: 4 });
    trainer.model.train();
    const before = await weights(trainer.model);
    const [small, large] = [bars(5, { seed: 3 }), bars(11, { seed: 4 })];
    const expected = [
      await trainer.predict(small, { batchSize: 2 }),
      await trainer.predict(large, { batchSize: 3 }),
      await trainer.evaluate(small, { batchSize: 2 }),
      await trainer.evaluate(large, { batchSize: 4 }),
    ];
    const together = await Promise.all([
      trainer.predict(small, { batchSize: 2 }),
      trainer.predict(large, { batchSize: 3 }),
      trainer.evaluate(small, { batchSize: 2 }),
      trainer.evaluate(large, { batchSize: 4 }),
    ]);
    expect(together).toEqual(expected);
    expect(await weights(trainer.model)).toEqual(before);
    expect(trainer.model.modules().every(({ training }) => training)).toBe(true);
  });

  it("leave training as it would be without them, and see the weights of one step", async () => {
    const undisturbed = makeTrainer();
    const expected = await lossesOf(undisturbed);
    const trainer = makeTrainer();
    const set = bars(9, { seed: 5 });
    const pending: Promise<unknown[]>[] = [];
    const losses: number[] = [];
    for await (const event of trainer.fit(bars(12), FIT)) {
      if (event.type !== "step") continue;
      losses.push(event.loss);
      expect(trainer.model.training).toBe(true);
      // Not awaited: the loop goes on.
      const both = [trainer.evaluate(set, { batchSize: 2 }), trainer.predict(set)] as const;
      pending.push(Promise.all(both));
    }
    expect(losses).toEqual(expected);
    expect(await weights(trainer.model)).toEqual(await weights(undisturbed.model));
    // Each evaluation and the prediction beside it saw the same weights: their losses agree.
    for (const [evaluation, predictions] of (await Promise.all(pending)) as [
      Awaited<ReturnType<Trainer["evaluate"]>>,
      Awaited<ReturnType<Trainer["predict"]>>,
    ][]) {
      const logs = predictions.map((p, i) => -Math.log(p.probabilities[set.labels![i]!]!));
      expect(evaluation.loss).toBeCloseTo(logs.reduce((a, b) => a + b) / 9, 4);
    }
  });
});

describe("validation", () => {
  it("records nothing anew from the second epoch on", async () => {
    let forwards = 0;
    class Counting extends nn.Module {
      override forward(input: Tensor): Tensor {
        forwards++;
        return F.relu(input);
      }
    }
    const model = tinyNet();
    model.set("relu", new Counting());
    const trainer = makeTrainer({ model });
    const counts: number[] = [];
    const settings = { epochs: 4, batchSize: 4, validation: bars(6, { seed: 2 }) };
    for await (const { type } of trainer.fit(bars(12), settings))
      if (type === "epoch") counts.push(forwards);
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts).toEqual(Array(4).fill(counts[0]));
  });
});

describe("random numbers", () => {
  it("of the user's go on as if there were no trainer", async () => {
    manualSeed(8);
    const expected = [await rand([4]).data(), await randn([3]).data()];
    manualSeed(8);
    const first = await rand([4]).data();
    const model = tinyNet({ dropout: 0.5 });
    manualSeed(8);
    rand([4]);
    const trainer = new Trainer({
      model,
      optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }),
    });
    await trainer.fit(bars(8), { batchSize: 4 });
    await trainer.evaluate(bars(4));
    expect([first, await randn([3]).data()]).toEqual(expected);
  });

  it("of the user's don't change what is trained", async () => {
    const run = async (disturb: boolean) => {
      const trainer = makeTrainer();
      const losses: number[] = [];
      for await (const event of trainer.fit(bars(12), FIT)) {
        if (disturb) await rand([2]).data();
        if (event.type === "step") losses.push(event.loss);
      }
      return losses;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe("a trainer that was used and dropped", () => {
  it("gives its memory back", async () => {
    const live = () => currentDevice().memory().liveBytes;
    const use = async () => {
      const trainer = makeTrainer();
      await trainer.fit(bars(10), { batchSize: 4, validation: bars(5) });
      await trainer.fit(bars(10), { batchSize: 2, accumulate: 2 });
      await trainer.predict(bars(3));
      return live();
    };
    await use();
    const before = await collectAll(live);
    expect(await use()).toBeGreaterThan(before);
    await collectUntil(() => live() <= before);
  });
});
