import { checkOptions } from "../base/index.ts";
import { type DataLoaderOptions, type Dataset, split } from "../data/index.ts";
import { Backbone } from "../models/index.ts";
import type { Module } from "../nn/index.ts";
import { Adam } from "../optim/index.ts";
import { againIfLost, Trainer } from "../train/index.ts";
import { FeatureCache } from "./feature_cache.ts";
import { freeze } from "./freeze.ts";

/** One way to fine-tune: which layers stay frozen, and how fast the others learn. */
export interface Strategy {
  name: string;
  /** Pattern of `freeze`; null trains everything. */
  freeze: string | RegExp | null;
  lr: number;
}

export interface StrategyResult extends Strategy {
  /** Share of the held-out examples classified right. */
  accuracy: number;
  loss: number;
  seconds: number;
}

export interface ChooseOptions {
  /** Default: the head alone, the last third of the features with the head, everything. */
  candidates?: readonly Strategy[];
  /** Share of the examples held out to judge by. Default 0.25. */
  holdOut?: number;
  epochs?: number;
  batchSize?: number;
  transform?: DataLoaderOptions["transform"];
  seed?: number;
  onProgress?: (result: StrategyResult) => void;
}

const KNOWN = ["candidates", "holdOut", "epochs", "batchSize", "transform", "seed", "onProgress"];

/**
 * Finds out by trying what to train: each candidate fine-tunes a fresh model on a part of the
 * examples and is judged on the rest. The best wins; among those within one standard error of it
 * (Breiman et al. 1984), the one that took the least time.
 *
 * @param makeModel gives a model with its pretrained weights and new head, anew for each candidate.
 * @returns every result, and the choice: apply it with `freeze(model, best.freeze)`.
 */
export async function chooseStrategy(
  makeModel: () => Module | Promise<Module>,
  dataset: Dataset,
  options: ChooseOptions = {},
): Promise<{ best: StrategyResult; results: StrategyResult[] }> {
  checkOptions("chooseStrategy", options, KNOWN);
  const { holdOut = 0.25, seed = 0 } = options;
  if (!(holdOut > 0 && holdOut < 1))
    throw new Error(`chooseStrategy: holdOut must be between 0 and 1, not ${holdOut}`);
  const [trainSet, heldOut] = split(dataset, [1 - holdOut, holdOut], { seed, stratify: true });
  const candidates =
    options.candidates ?? (await againIfLost(async () => defaultCandidates(await makeModel())));
  const results: StrategyResult[] = [];
  for (const candidate of candidates) {
    const result = await againIfLost(async () =>
      attempt(await makeModel(), candidate, trainSet!, heldOut!, options),
    );
    results.push(result);
    options.onProgress?.(result);
  }
  return { best: pick(results, heldOut!.length), results };
}

/**
 * What `chooseStrategy` tries unless told otherwise, with learning rates for Adam.
 *
 * @throws Error for models without features and a classifier.
 */
export function defaultCandidates(model: Module): Strategy[] {
  if (!(model instanceof Backbone)) {
    throw new Error(
      "chooseStrategy: say what to try in { candidates }; only models with features and a classifier have defaults",
    );
  }
  const layers = model.features.namedChildren();
  const trained = layers.filter(([, layer]) => layer.parameters().length > 0).map(([name]) => name);
  const cut = trained[Math.floor((2 * trained.length) / 3)]!;
  const before = layers[layers.findIndex(([name]) => name === cut) - 1]?.[0];
  return [
    { name: "head only", freeze: "features", lr: 1e-3 },
    ...(before === undefined
      ? []
      : [{ name: "last third and head", freeze: `features.-${before}`, lr: 3e-4 }]),
    { name: "all layers", freeze: null, lr: 1e-4 },
  ];
}

async function attempt(
  model: Module,
  candidate: Strategy,
  trainSet: Dataset,
  heldOut: Dataset,
  options: ChooseOptions,
): Promise<StrategyResult> {
  const { batchSize = 32, transform } = options;
  const start = performance.now();
  if (candidate.freeze !== null) freeze(model, candidate.freeze);
  if (candidate.freeze === null || !hasFrozenPrefix(model)) {
    const scores = await trainAndJudge(model, candidate.lr, trainSet, heldOut, options);
    return { ...candidate, ...scores, seconds: (performance.now() - start) / 1000 };
  }
  const cache = new FeatureCache(model);
  const features = { transform, batchSize };
  const [seen, unseen] = [
    await cache.compute(trainSet, features),
    await cache.compute(heldOut, features),
  ];
  const untransformed = { ...options, transform: undefined };
  const scores = await trainAndJudge(cache.remainder, candidate.lr, seen, unseen, untransformed);
  return { ...candidate, ...scores, seconds: (performance.now() - start) / 1000 };
}

/** A short training with Adam and cross-entropy, judged on examples it hasn't seen. */
async function trainAndJudge(
  model: Module,
  lr: number,
  trainSet: Dataset,
  heldOut: Dataset,
  { epochs = 5, batchSize = 32, transform, seed = 0 }: ChooseOptions,
): Promise<{ accuracy: number; loss: number }> {
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const trainer = new Trainer({ model, optimizer: new Adam(trained, { lr }), seed });
  await trainer.fit(trainSet, { epochs, batchSize, transform });
  const { accuracy, loss } = await trainer.evaluate(heldOut, { batchSize });
  trainer.dispose(); // the next candidate needs the room now
  return { accuracy, loss };
}

/** Whether the first layer with parameters is frozen, so that features can be cached. */
export function hasFrozenPrefix(model: Module): model is Backbone {
  if (!(model instanceof Backbone)) return false;
  const first = model.features.children().find((layer) => layer.parameters().length > 0);
  return first?.parameters().every(({ requiresGrad }) => !requiresGrad) ?? false;
}

/** The cheapest of those that the held-out examples can't tell from the best. */
function pick(results: readonly StrategyResult[], count: number): StrategyResult {
  const best = results.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const error = Math.sqrt((best.accuracy * (1 - best.accuracy)) / count);
  return results
    .filter(({ accuracy }) => accuracy >= best.accuracy - error)
    .reduce((a, b) => (b.seconds < a.seconds ? b : a));
}
