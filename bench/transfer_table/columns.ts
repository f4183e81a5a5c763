import { data, type nn, optim, Trainer, transfer } from "webgraft";
import type { Row } from "./rows.ts";

/** What one training is given. */
export interface Job {
  readonly row: Row;
  readonly set: data.Dataset;
  readonly seed: number;
  readonly epochs: number;
}

/** Adam's rates that every column chooses among. */
export const RATES = [3e-4, 1e-3, 3e-3];

/** What is trained, and what holds it back: all that columns differ in. */
interface Way {
  readonly network: () => nn.Module;
  readonly regularizer?: (model: nn.Module) => transfer.L2SP;
  readonly beforeEpoch?: (model: nn.Module, epochs: number) => (epoch: number) => void;
}

/** A way to a network for a row, by its name in the table. */
export const COLUMNS: Readonly<Record<string, (job: Job) => Promise<nn.Module>>> = {
  "from scratch": (job) => tuned(job, [{ network: job.row.fresh }]),
  features: (job) => tuned(job, [frozen(job, "features")]),
  "best cut": (job) =>
    tuned(
      job,
      job.row.cuts.map((cut) => frozen(job, "features", cut)),
    ),
  "last block": (job) => tuned(job, [frozen(job, job.row.beforeLastBlock)]),
  "all layers": (job) => tuned(job, [{ network: job.row.pretrained }]),
  gradual: (job) => tuned(job, [{ network: job.row.pretrained, beforeEpoch: gradually }]),
  "L2-SP": (job) =>
    tuned(job, [{ network: job.row.pretrained, regularizer: (model) => new transfer.L2SP(model) }]),
  chooseStrategy: chosen,
};

function frozen({ row, set }: Job, part: string, cut?: Row["cuts"][number]): Way {
  return {
    network: () => {
      const model = cut ? cutOff(row, cut, data.numClasses(set)) : row.pretrained();
      transfer.freeze(model, part);
      return model;
    },
  };
}

function cutOff(row: Row, [last, pool]: Row["cuts"][number], classes: number) {
  const model = transfer.cut(row.pretrained(), last, { pool });
  transfer.replaceHead(model, classes);
  return model;
}

function gradually(model: nn.Module, epochs: number) {
  return transfer.gradualUnfreezing(model, { every: Math.max(1, Math.floor(epochs / 4)) });
}

/** By the way and at the rate with the least loss on a quarter of the examples, when trained on the others. */
async function tuned(job: Job, ways: readonly Way[]): Promise<nn.Module> {
  const { row, set, seed } = job;
  const [most, held] = data.split(set, [0.75, 0.25], { seed, stratify: row.loss === undefined });
  let best = { loss: Number.POSITIVE_INFINITY, way: ways[0]!, lr: RATES[0]! };
  for (const way of ways) {
    for (const lr of RATES) {
      const model = await trained(way, lr, { ...job, set: most });
      const { loss } = await judge(model, row, held);
      if (loss < best.loss) best = { loss, way, lr };
    }
  }
  return trained(best.way, best.lr, job);
}

async function trained(way: Way, lr: number, { row, set, seed, epochs }: Job): Promise<nn.Module> {
  const model = way.network();
  const ready = await withFeatures(model, row, set);
  const trainer = new Trainer({
    ...{ model: ready.model, optimizer: new optim.Adam(ready.model.parameters(), { lr }), seed },
    ...{ loss: row.loss, regularizer: way.regularizer?.(model) },
  });
  const { transform } = ready;
  const beforeEpoch = way.beforeEpoch?.(model, epochs);
  await trainer.fit(ready.set, { epochs, batchSize: 32, transform, beforeEpoch });
  trainer.dispose();
  return model;
}

/** Behind a frozen part every epoch sees the same features, unless pictures vary; a head's pictures aren't varied. */
async function withFeatures(model: nn.Module, row: Row, set: data.Dataset) {
  const { augment, transform } = row;
  const isHead = !model.parameters().some(({ requiresGrad }) => !requiresGrad);
  if (isHead) return { model, set, transform: [...augment, ...transform] };
  const cache = new transfer.FeatureCache(model);
  const features = await cache.compute(set, { transform, batchSize: 64 });
  return { model: cache.remainder, set: features, transform: [] };
}

/** All of it is left to the library: the ways of the other columns, but for gradual unfreezing and L2-SP, at all rates. */
async function chosen(job: Job): Promise<nn.Module> {
  const { row, set, seed, epochs } = job;
  const whole: transfer.Strategy[] = [
    { name: "features", freeze: "features", lr: 1 },
    { name: "last block", freeze: row.beforeLastBlock, lr: 1 },
    { name: "all layers", freeze: null, lr: 1 },
  ];
  const heads = row.cuts.map(([cut, pool]) => ({
    ...{ name: `${cut}, pool ${pool}`, freeze: "features", cut, pool, lr: 1 },
  }));
  const different = whole.filter(
    ({ freeze }, i) => whole.findIndex((one) => one.freeze === freeze) === i,
  );
  const { best } = await transfer.chooseStrategy(row.pretrained, set, {
    candidates: transfer.varyCandidates([...different, ...heads], { rates: RATES }),
    ...{ epochs, halving: 4, folds: 3, seed, loss: row.loss, transform: row.transform },
  });
  const { lr, cut, pool = 1, freeze } = best;
  const way =
    freeze === null
      ? { network: row.pretrained }
      : frozen(job, String(freeze), cut === undefined ? undefined : [cut, pool]);
  return trained(way, lr, job);
}

/** A trainer that trains nothing: it knows the row's loss. */
export async function judge(model: nn.Module, { loss, transform }: Row, set: data.Dataset) {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0 });
  const trainer = new Trainer({ model, optimizer, loss });
  const evaluation = await trainer.evaluate(set, { batchSize: 100, transform });
  trainer.dispose();
  return evaluation;
}
