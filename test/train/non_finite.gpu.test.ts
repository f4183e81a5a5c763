// NaN and infinity: found, named, and never kept.
import { describe, expect, it } from "vitest";
import {
  data,
  NonFiniteLossError,
  nn,
  optim,
  type Tensor,
  Trainer,
  tensor,
} from "../../src/index.ts";
import { bars, collect, makeTrainer, only, tinyNet, weights } from "./toy.ts";

function memory() {
  const store = {
    writes: 0,
    bytes: new Uint8Array(),
    read: async () => store.bytes,
    write: async (bytes: Uint8Array) => {
      store.writes++;
      store.bytes = bytes.slice();
    },
  };
  return store;
}

/** Trained well for one epoch, spoiled by the last update of the next: its loss is still finite. */
function spoiledAtTheEnd() {
  const model = tinyNet({ dropout: 0 });
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  const schedule = {
    schedule: new optim.MultiStepLR(optimizer, { milestones: [5], gamma: 1e38 }),
    every: "step" as const,
  };
  const loss = (outputs: Tensor, targets: Tensor) =>
    new nn.CrossEntropyLoss().forward(outputs, targets).mul(1e3);
  return { model, optimizer, schedule, loss };
}

describe("weights that an update spoiled", () => {
  it("are never remembered nor stored: the run ends with those before", async () => {
    const store = memory();
    const trainer = new Trainer(spoiledAtTheEnd());
    const kept: Record<string, number[]>[] = [];
    const run = trainer.fit(bars(12), { epochs: 3, batchSize: 4, store });
    const failing = (async () => {
      for await (const { type } of run)
        if (type === "checkpoint") kept.push(await weights(trainer.model));
    })();
    await expect(failing).rejects.toThrow(
      /after step 6 \(learning rate 1e\+36\) conv\.weight holds NaN or infinity; the weights were set back/,
    );
    await expect(run).rejects.toBeInstanceOf(NonFiniteLossError);
    expect(kept).toHaveLength(1);
    expect(store.writes).toBe(1);
    expect(await weights(trainer.model)).toEqual(kept[0]);
    expect(trainer.position).toMatchObject({ step: 3, epoch: 1, batch: 0 });
    const resumed = await Trainer.resume(store, spoiledAtTheEnd());
    expect(await weights(resumed.model)).toEqual(kept[0]);
  });

  it("aren't saved either", async () => {
    const trainer = makeTrainer();
    const { weight } = trainer.model.get("conv").stateDict();
    trainer.model.get("conv").loadStateDict(
      {
        weight: tensor(new Float32Array(weight!.size).fill(Number.NaN), { shape: weight!.shape }),
      },
      { strict: false },
    );
    const store = memory();
    await expect(trainer.save(store)).rejects.toThrow(/conv\.weight holds NaN or infinity/);
    expect(store.writes).toBe(0);
    await expect(trainer.fit(bars(4))).rejects.toThrow(
      /before training, conv\.weight holds NaN or infinity: check the weights that were loaded/,
    );
  });
});

describe("a loss that isn't finite", () => {
  it("names the picture that holds NaN", async () => {
    const set = bars(8);
    const get = async (i: number): Promise<data.Example> => {
      const example = await set.get(i);
      return i === 5 ? { ...example, image: new Float32Array(24).fill(Number.NaN) } : example;
    };
    const poisoned = { length: 8, get, nameOf: (i: number) => `bar_${i}.png` };
    const run = makeTrainer().fit(poisoned, { batchSize: 4, shuffle: false });
    await expect(run).rejects.toThrow(
      /the loss is NaN at step 2 .*snapshot\. example 5 \(bar_5\.png\) holds NaN or infinity/,
    );
  });

  it("names the transform that makes it so", async () => {
    const transform = data.transforms.normalize([0.5], [1e-45]);
    const run = makeTrainer().fit(bars(4), { batchSize: 4, transform });
    await expect(run).rejects.toThrow(/the transform makes NaN or infinity of example \d/);
  });

  it("advises on training where data and weights are well", async () => {
    const model = tinyNet({ dropout: 0 });
    const optimizer = new optim.SGD(model.parameters(), { lr: 1e20 });
    const trainer = new Trainer({ model, optimizer });
    const before = await weights(model);
    const error = await trainer.fit(bars(12), { epochs: 2, batchSize: 4 }).catch((e) => e);
    expect(error).toBeInstanceOf(NonFiniteLossError);
    expect(String(error)).toMatch(/Try a lower learning rate, clipGradNorm: 1/);
    expect(await weights(model)).toEqual(before);
    for (const group of optimizer.groups) group.lr = 0.01;
    expect(only(await collect(trainer.fit(bars(12), { batchSize: 4 })), "epoch")).toHaveLength(1);
  });
});
