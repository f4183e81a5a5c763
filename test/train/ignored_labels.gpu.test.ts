import { expect, it } from "vitest";
import { type data, manualSeed, nn, optim } from "../../src/index.ts";
import { bars, collect, makeTrainer, only } from "./toy.ts";

const IGNORED = 255;

/** Bars of two kinds, and every third an example that is to be ignored. */
function withIgnored(count: number): data.Dataset {
  const set = bars(count);
  const labelOf = (i: number) => (set.labels![i] === 2 ? IGNORED : set.labels![i]!);
  return {
    length: count,
    get: async (i) => ({ ...(await set.get(i)), label: labelOf(i) }),
    labels: Array.from({ length: count }, (_, i) => labelOf(i)),
  };
}

function without(set: data.Dataset): data.Dataset {
  const kept = Array.from(set.labels!, (label, i) => ({ label, i }))
    .filter(({ label }) => label !== IGNORED)
    .map(({ i }) => i);
  return { length: kept.length, get: (i) => set.get(kept[i]!) };
}

it("count neither in losses nor in accuracies", async () => {
  const set = withIgnored(24);
  manualSeed(3);
  const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 2));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0 }); // the same network all along
  const loss = new nn.CrossEntropyLoss({ ignoreIndex: IGNORED });
  const trainer = makeTrainer({ model, optimizer, loss });
  const counted = await trainer.evaluate(without(set));
  expect(counted.count).toBe(16);

  const all = await trainer.evaluate(set, { batchSize: 5 });
  expect(all).toMatchObject({
    loss: expect.closeTo(counted.loss, 5),
    accuracy: counted.accuracy,
    count: counted.count,
    confusionMatrix: counted.confusionMatrix,
  });
  const [epoch] = only(await collect(trainer.fit(set, { batchSize: 5 })), "epoch");
  expect(epoch).toMatchObject({
    loss: expect.closeTo(counted.loss, 5),
    accuracy: expect.closeTo(counted.accuracy, 12),
  });
});
