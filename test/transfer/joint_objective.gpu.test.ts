// L_source + λ · L_target in a Trainer: two sets, two heads, one captured step.
import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { data, F, manualSeed, nn, optim, type Tensor, Trainer, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { bars, weights } from "../train/toy.ts";

const [TARGET, SOURCE] = [bars(12), bars(30, { seed: 2 })];
const FIT = { epochs: 3, batchSize: 4 };
const lambda = (progress: number) => 0.5 + progress;

/** Two networks over one trunk, and the two together. */
function twoHeads() {
  manualSeed(7);
  const trunk = new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.ReLU(), new nn.Flatten());
  const withHead = () => new nn.Sequential({ trunk, head: new nn.Linear(32, 3) });
  const [source, target] = [withHead(), withHead()];
  return { source, target, both: new nn.ModuleList(source, target) };
}

function jointTrainer(options: Partial<transfer.JointOptions> = {}) {
  const { source, target, both } = twoHeads();
  const optimizer = new optim.SGD(both.parameters(), { lr: 0.05, momentum: 0.9 });
  const objective = transfer.jointObjective({
    ...{ model: source, set: SOURCE, batchSize: 5, seed: 3, lambda },
    ...options,
  });
  const trainer = new Trainer({ model: target, optimizer, objective, seed: 4 });
  return { trainer, both };
}

/** The same training, step by step and not captured. */
async function byHand() {
  const { source, target, both } = twoHeads();
  const optimizer = new optim.SGD(both.parameters(), { lr: 0.05, momentum: 0.9 });
  const loader = new data.DataLoader(TARGET, { batchSize: 4, shuffle: true, seed: 4 });
  const beside = new data.DataLoader(SOURCE, { batchSize: 5, shuffle: true, seed: 3 });
  let others = beside[Symbol.asyncIterator]();
  const losses: number[] = [];
  for (let step = 0; step < 9; step++) {
    if (step === 6) others = beside[Symbol.asyncIterator](); // 30 in batches of 5: the second time round
    const [images, labels] = await batchAt(loader, step);
    const [sourceImages, sourceLabels] = (await others.next()).value!;
    optimizer.zeroGrad();
    const sourceLoss = F.crossEntropy(source.forward(sourceImages) as Tensor, sourceLabels);
    const targetLoss = F.crossEntropy(target.forward(images) as Tensor, labels);
    const loss = sourceLoss.add(targetLoss.mul(lambda(step / 9)));
    loss.backward();
    optimizer.step();
    losses.push(await loss.item());
  }
  return { losses, both };
}

async function batchAt(loader: data.DataLoader, step: number): Promise<[Tensor, Tensor]> {
  loader.setEpoch(Math.floor(step / 3));
  for await (const { images, labels } of loader.batches(step % 3)) return [images, labels];
  throw new Error("no batch");
}

async function run(trainer: Trainer, stopAt = Number.POSITIVE_INFINITY): Promise<number[]> {
  const stop = new AbortController();
  const losses: number[] = [];
  for await (const event of trainer.fit(TARGET, { ...FIT, signal: stop.signal })) {
    if (event.type !== "step") continue;
    losses.push(event.loss);
    if (event.step === stopAt) stop.abort();
  }
  return losses;
}

function memory() {
  const store = {
    bytes: new Uint8Array(),
    read: async () => store.bytes,
    write: async (bytes: Uint8Array) => {
      store.bytes = bytes.slice();
    },
  };
  return store;
}

describe("jointObjective", () => {
  it("trains as the two losses by hand, λ along its schedule, the source round and round", async () => {
    const expected = await byHand();
    const { trainer, both } = jointTrainer();
    const losses = await run(trainer);
    expect(losses).toHaveLength(9);
    losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(expected.losses[i]!, 4);
    });
    const [found, wanted] = [await weights(both), await weights(expected.both)];
    for (const [name, values] of Object.entries(wanted))
      values.forEach((value, i) => {
        expect(found[name]![i]).toBeCloseTo(value, 4);
      });
  });

  it("goes on from a checkpoint bit for bit, with both heads", async () => {
    const whole = jointTrainer();
    await run(whole.trainer);
    const store = memory();
    const stopped = jointTrainer().trainer;
    await run(stopped, 4);
    await stopped.save(store);
    const { trainer, both } = jointTrainer();
    const resumed = await Trainer.resume(store, trainer.options);
    await run(resumed);
    expect(await weights(both)).toEqual(await weights(whole.both));
  });

  it("adds up gradients over batches that make one step", async () => {
    const { trainer, both } = jointTrainer({ lambda: 2 });
    const before = await weights(both);
    await trainer.fit(TARGET, { ...FIT, epochs: 1, accumulate: 3 });
    expect(trainer.position.step).toBe(1);
    const after = await weights(both);
    for (const [name, values] of Object.entries(before)) expect(after[name]).not.toEqual(values);
  });

  it("holds as many buffers after many steps as after the first ones", async () => {
    const { trainer } = jointTrainer();
    const live: number[] = [];
    for (let i = 0; i < 3; i++) {
      await run(trainer);
      live.push(currentDevice().memory().liveBuffers);
    }
    expect(live[2]).toBe(live[1]);
  });

  it("says what it misses", async () => {
    const { source, target } = twoHeads();
    const objective = transfer.jointObjective({ model: source, set: SOURCE });
    const optimizer = new optim.SGD(target.parameters(), { lr: 0.05 });
    const trainer = new Trainer({ model: target, optimizer, objective });
    await expect(trainer.fit(TARGET)).rejects.toThrow(
      /doesn't have objective.source.head.weight, objective.source.head.bias/,
    );
    transfer.replaceHead(source, 2);
    optimizer.addGroup({ params: (source.get("head") as nn.Linear).parameters() });
    await expect(trainer.fit(TARGET)).rejects.toThrow(/3 classes and the model 2 outputs/);
    expect(() => transfer.jointObjective(mistyped({ model: source, sets: [] }))).toThrow(/sets/);
    expect(() => transfer.jointObjective(mistyped({ model: 3, set: SOURCE }))).toThrow(/nn.Module/);
  });
});
