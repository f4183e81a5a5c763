import { data, type nn, optim, Trainer, type TrainerOptions, transfer } from "webgraft";
import type { Row } from "./rows.ts";

/** What one training is given. */
export interface Job {
  readonly row: Row;
  readonly set: data.Dataset;
  readonly seed: number;
  readonly epochs: number;
}

/** A way to a network for a row, by its name in the table. */
export const COLUMNS: Readonly<Record<string, (job: Job) => Promise<nn.Module>>> = {
  "from scratch": (job) => trained(job.row.fresh(), job, { lr: 1e-3 }),
  features: (job) => onFeatures(frozen(job.row.pretrained()), job),
  "best cut": bestCut,
  "last block": (job) => {
    const model = job.row.pretrained();
    transfer.freeze(model, job.row.beforeLastBlock);
    return trained(model, job, { lr: 3e-4 });
  },
  "all layers": (job) => trained(job.row.pretrained(), job, { lr: 3e-4 }),
  gradual: (job) => {
    const model = job.row.pretrained();
    const every = Math.max(1, Math.floor(job.epochs / 4));
    const beforeEpoch = transfer.gradualUnfreezing(model, { every });
    return trained(model, job, { lr: 3e-4, beforeEpoch });
  },
  "L2-SP": (job) => {
    const model = job.row.pretrained();
    return trained(model, job, { lr: 3e-4, regularizer: new transfer.L2SP(model) });
  },
  chooseStrategy: chosen,
};

interface How extends Pick<TrainerOptions, "regularizer"> {
  readonly lr: number;
  readonly beforeEpoch?: (epoch: number) => void;
  /** Whether the set's images are a network's features already. */
  readonly ready?: boolean;
  readonly epochs?: number;
}

async function trained<T extends nn.Module>(model: T, job: Job, how: How): Promise<T> {
  const { row, set, seed } = job;
  const { lr, beforeEpoch, regularizer, ready = false, epochs = job.epochs } = how;
  const optimizer = new optim.Adam(model.parameters(), { lr });
  const trainer = new Trainer({ model, optimizer, seed, regularizer, loss: row.loss });
  const transform = ready ? [] : [...row.augment, ...row.transform];
  await trainer.fit(set, { epochs, batchSize: 32, transform, beforeEpoch });
  trainer.dispose();
  return model;
}

function frozen<T extends nn.Module>(model: T): T {
  transfer.freeze(model, "features");
  return model;
}

/** Heads on cached features cost next to nothing: they get three times the epochs. */
async function onFeatures(model: ReturnType<Row["pretrained"]>, job: Job): Promise<nn.Module> {
  const cache = new transfer.FeatureCache(model);
  const set = await cache.compute(job.set, { transform: job.row.transform, batchSize: 64 });
  await trained(
    cache.remainder,
    { ...job, set },
    { lr: 3e-3, ready: true, epochs: 3 * job.epochs },
  );
  return model;
}

/** The head on the cut that does best on a quarter of the training examples, which the others were trained without. */
async function bestCut(job: Job): Promise<nn.Module> {
  const { row, set, seed } = job;
  const isOfClasses = row.loss === undefined;
  const [most, held] = data.split(set, [0.75, 0.25], { seed, stratify: isOfClasses });
  const make = (last: string, pool: number) => {
    const model = transfer.cut(row.pretrained(), last, { pool });
    transfer.replaceHead(model, data.numClasses(set));
    return frozen(model);
  };
  let best = { loss: Number.POSITIVE_INFINITY, cut: row.cuts[0]! };
  for (const cut of row.cuts) {
    const model = await onFeatures(make(...cut), { ...job, set: most! });
    const { loss } = await judge(model, row, held!);
    if (loss < best.loss) best = { loss, cut };
  }
  return onFeatures(make(...best.cut), job);
}

async function chosen(job: Job): Promise<nn.Module> {
  const { row, set, seed, epochs } = job;
  const candidates = transfer.varyCandidates(transfer.defaultCandidates(row.pretrained()), {
    rates: [1, 3],
  });
  const { best } = await transfer.chooseStrategy(row.pretrained, set, {
    ...{ candidates, epochs: Math.ceil(epochs / 2), halving: 3, seed, loss: row.loss },
    transform: row.transform,
  });
  const model = row.pretrained();
  if (best.freeze === "features") return onFeatures(frozen(model), job);
  if (best.freeze !== null) transfer.freeze(model, best.freeze);
  return trained(model, job, { lr: best.lr });
}

/** A trainer that trains nothing: it knows the row's loss. */
export async function judge(model: nn.Module, { loss, transform }: Row, set: data.Dataset) {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0 });
  const trainer = new Trainer({ model, optimizer, loss });
  const evaluation = await trainer.evaluate(set, { batchSize: 100, transform });
  trainer.dispose();
  return evaluation;
}
