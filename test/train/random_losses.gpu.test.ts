// The GPU goes away at random calls that the engine makes to it, in every kind of work, while another trainer is alive: nothing
// is lost, bit for bit. `GRAFT_MOMENTS=20` tries so many moments of each kind.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { finetune } from "../../src/finetune/index.ts";
import {
  data,
  formats,
  init,
  manualSeed,
  models,
  optim,
  type Store,
  Trainer,
  type TrainerOptions,
  transfer,
} from "../../src/index.ts";
import { strikeAt } from "./strike.ts";
import { bars, tinyNet, weights } from "./toy.ts";

const moments = Number(process.env.GRAFT_MOMENTS ?? 2);
const random = new data.Random(Number(process.env.GRAFT_MOMENTS_SEED ?? 1), 0);
const SET = bars(12);
const folder = mkdtempSync(join(tmpdir(), "graft-losses-"));
const save = join(folder, "model.safetensors");
const FIT = { epochs: 2, batchSize: 4, validation: bars(5, { seed: 9 }) };

afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  await init(); // the last test may have left a lost one
});

function makeTrainer(more: Partial<TrainerOptions> = {}): Trainer {
  const model = tinyNet();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  return new Trainer({ model, optimizer, seed: 2, ...more });
}

/** Small pictures with a network that has features and a classifier. */
const network = () => {
  manualSeed(7);
  return models.smallVgg({ inputSize: 8, inChannels: 1, widths: [3, 4], numClasses: 3 });
};
const labels = Int32Array.from({ length: 12 }, (_, i) => i % 3);
const pixels = Float32Array.from({ length: 12 * 64 }, (_, i) => Math.sin(i * (1 + (i % 3))));
const squares = data.fromArrays(pixels, [1, 8, 8], labels, { classes: ["a", "b", "c"] });

/** Makes ready for some work, which gives what it came to. */
type Work = () => Promise<() => Promise<unknown>>;

const training =
  (options: Partial<TrainerOptions>): Work =>
  async () => {
    const trainer = makeTrainer(options);
    await trainer.evaluate(SET);
    return async () => {
      const { epochs } = await trainer.fit(SET, FIT);
      const losses = epochs.map(({ loss, validation }) => [loss, validation?.loss]);
      return [losses, await trainer.survivingLoss(() => weights(trainer.model))];
    };
  };

async function trained(): Promise<Trainer> {
  const trainer = makeTrainer();
  await trainer.fit(SET, { ...FIT, epochs: 1 });
  return trainer;
}

function memory(): Store & { bytes: Uint8Array } {
  const store = {
    bytes: new Uint8Array(),
    read: async () => store.bytes,
    write: async (bytes: Uint8Array) => {
      store.bytes = bytes.slice();
    },
  };
  return store;
}

const KINDS: Record<string, Work> = {
  "fit in f32": training({}),
  "fit in f16": training({ precision: "f16" }),
  evaluate: async () => {
    const trainer = await trained();
    return () => trainer.evaluate(SET, { batchSize: 2 });
  },
  predict: async () => {
    const trainer = await trained();
    return () => trainer.predict(SET, { batchSize: 2 });
  },
  save: async () => {
    const trainer = await trained();
    return async () => {
      await trainer.evaluate(SET); // also where the loss comes before there is anything to save
      const store = memory();
      await trainer.save(store);
      const { tensors, metadata } = await formats.loadWeights(store.bytes);
      const { position } = JSON.parse(metadata.state ?? "");
      return [position, [...tensors.values()].map(({ name, data }) => [name, data()])];
    };
  },
  "a cache of features, and the training on it": async () => {
    const model = network();
    transfer.freeze(model, "features");
    const cache = new transfer.FeatureCache(model);
    await cache.compute(squares); // what is on the GPU alone before is anybody's
    return async () => {
      const features = await cache.compute(squares, { batchSize: 5 });
      const optimizer = new optim.Adam(model.classifier!.parameters());
      const trainer = new Trainer({ model: cache.remainder, optimizer });
      await trainer.survivingLoss(async () => {});
      const { epochs } = await trainer.fit(features, { epochs: 2, batchSize: 4 });
      return [epochs[1]?.loss, await trainer.survivingLoss(() => weights(model))];
    };
  },
  "the choice of a strategy": async () => async () => {
    const { results } = await transfer.chooseStrategy(network, squares, {
      epochs: 1,
      batchSize: 4,
    });
    return results.map(({ loss, accuracy }) => [loss, accuracy]);
  },
  "finetune, of all layers": async () => async () => tuned(["all"]),
  "finetune, of the head": async () => async () => tuned(["head"]),
};

async function tuned(train: string[]): Promise<unknown> {
  const set = { name: "squares", train: squares, validation: squares };
  const settings = { data: set, arch: "lenet", size: 28, train, epochs: 2, batchSize: 4, save };
  const { evaluation, comparison } = await finetune(settings, { overwrite: true });
  const losses = comparison.map(({ evaluation: { loss } }) => loss);
  return [evaluation, losses, readFileSync(save).toString("base64")];
}

it.each(Object.entries(KINDS))("%s", { timeout: 60_000 * moments }, async (_, prepare) => {
  const other = await trained();
  const others = await other.evaluate(SET);
  const undisturbed = await prepare();
  const counting = strikeAt(Number.POSITIVE_INFINITY);
  const expected = await undisturbed();
  counting.end();
  for (let i = 0; i < moments; i++) {
    await init();
    const work = await prepare();
    const at = 1 + Math.floor(random.float() * counting.calls());
    const when = (["before", "after", "later"] as const)[Math.floor(3 * random.float())]!;
    const strike = strikeAt(at, when);
    const about = `lost ${when} call ${at} of ${counting.calls()}`;
    expect(await work(), about).toEqual(expected);
    strike.end();
    expect(await other.evaluate(SET), about).toEqual(others);
  }
});
