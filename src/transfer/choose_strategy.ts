import { checkOptions } from "../base/index.ts";
import { type DataLoaderOptions, type Dataset, split } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { Adam, CosineAnnealingLR, OneCycleLR } from "../optim/index.ts";
import { againIfLost, type LossFunction, Trainer } from "../train/index.ts";
import { FeatureCache } from "./feature_cache.ts";
import { hasFixedPrefix } from "./fixed_prefix.ts";
import { freeze } from "./freeze.ts";
import { L2SP } from "./l2sp.ts";
import { defaultCandidates, type Strategy } from "./strategies.ts";

export interface StrategyResult extends Strategy {
  /** Share of the held-out examples classified right. */
  accuracy: number;
  /** Its standard error. */
  error: number;
  loss: number;
  /** What it was trained for. */
  epochs: number;
  steps: number;
  seconds: number;
}

/** What a search may cost; whatever would go beyond it isn't begun. */
export interface Budget {
  /** Optimizer steps of all candidates together. */
  steps?: number;
  seconds?: number;
}

/** What was tried, and what came out best. */
export interface Choice {
  readonly best: StrategyResult;
  /** Those that the held-out examples can't tell from the best: within one standard error. */
  readonly alike: readonly StrategyResult[];
  /** Of every training, in order. */
  readonly results: readonly StrategyResult[];
  /** What there was no budget left for. */
  readonly untried: readonly Strategy[];
}

export interface ChooseOptions {
  /** Default: the head alone, the last third of the features with the head, everything. */
  candidates?: readonly Strategy[];
  /** Share of the examples held out to judge by. Default 0.25. */
  holdOut?: number;
  /** Default 5. */
  epochs?: number;
  /**
   * Successive halving (Jamieson & Talwalkar 2016, https://arxiv.org/abs/1502.07943) by this factor: all candidates are tried for
   * few epochs, the best 1/halving of them for so many times more, and so on; the last round has `epochs`. Default: one round.
   */
  halving?: number;
  budget?: Budget;
  batchSize?: number;
  transform?: DataLoaderOptions["transform"];
  /** What candidates are trained with, as the Trainer's. Default cross-entropy on class numbers. */
  loss?: Module | LossFunction;
  seed?: number;
  onProgress?: (result: StrategyResult) => void;
}

const KNOWN = [
  "candidates",
  "holdOut",
  "epochs",
  "halving",
  "budget",
  "batchSize",
  "transform",
  "loss",
  "seed",
  "onProgress",
];

/**
 * Finds out by trying what to train: each candidate fine-tunes a fresh model on a part of the
 * examples and is judged on the rest. The best wins; among those within one standard error of it
 * (Breiman et al. 1984), the one that took the least time.
 *
 * @param makeModel gives a model with its pretrained weights and new head, anew for each candidate.
 * @returns every result, and the choice: apply it with `freeze(model, best.freeze)`.
 * @example chooseStrategy(makeModel, set, { candidates: varyCandidates(…), halving: 3, budget: { seconds: 600 } })
 */
export async function chooseStrategy(
  makeModel: () => Module | Promise<Module>,
  dataset: Dataset,
  options: ChooseOptions = {},
): Promise<Choice> {
  checkOptions("chooseStrategy", options, KNOWN);
  const { holdOut = 0.25, seed = 0, epochs = 5, halving = Number.POSITIVE_INFINITY } = options;
  if (!(halving > 1)) throw new Error(`chooseStrategy: halving must be above 1, not ${halving}`);
  if (!(holdOut > 0 && holdOut < 1))
    throw new Error(`chooseStrategy: holdOut must be between 0 and 1, not ${holdOut}`);
  const stratify = typeof (await dataset.get(0)).label === "number";
  const [trainSet, heldOut] = split(dataset, [1 - holdOut, holdOut], { seed, stratify });
  const candidates =
    options.candidates ?? (await againIfLost(async () => defaultCandidates(await makeModel())));
  const results: StrategyResult[] = [];
  const untried: Strategy[] = [];
  let round: StrategyResult[] = [];
  let left = candidates;
  for (const length of roundsOf(candidates.length, epochs, halving)) {
    const before = round;
    round = [];
    for (const candidate of left) {
      if (isSpent(results, options.budget)) {
        untried.push(candidate);
        continue;
      }
      const result = await againIfLost(async () =>
        attempt(await makeModel(), candidate, trainSet!, heldOut!, { ...options, epochs: length }),
      );
      results.push(result);
      round.push(result);
      options.onProgress?.(result);
    }
    if (round.length < Math.min(2, left.length)) round = before.length > 0 ? before : round;
    if (untried.length > 0) break;
    const ranked = [...round].sort((a, b) => b.accuracy - a.accuracy || a.loss - b.loss);
    left = ranked.slice(0, Math.ceil(ranked.length / halving)).map(strategyOf);
  }
  const alike = alikeOf(round);
  const best = alike.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  return { best, alike, results, untried };
}

/** The epochs of each round, until one candidate would be left. */
function roundsOf(count: number, epochs: number, halving: number): number[] {
  const rounds = Number.isFinite(halving)
    ? Math.max(1, Math.ceil(Math.log(count) / Math.log(halving) - 1e-9))
    : 1;
  return Array.from({ length: rounds }, (_, i) =>
    Math.max(1, Math.round(epochs / halving ** (rounds - 1 - i))),
  );
}

/** Whether one more training like the last one would go beyond the budget. The first one is always made. */
function isSpent(results: readonly StrategyResult[], budget: Budget = {}): boolean {
  const last = results.at(-1);
  const { steps = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = budget;
  const cost = (of: "steps" | "seconds") =>
    results.reduce((sum, result) => sum + result[of], last?.[of] ?? 0);
  return last !== undefined && (cost("steps") > steps || cost("seconds") > seconds);
}

function strategyOf({
  accuracy: _,
  error: __,
  loss: ___,
  epochs,
  steps,
  seconds,
  ...strategy
}: StrategyResult): Strategy {
  return strategy;
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
  if (candidate.freeze === null || !hasFixedPrefix(model)) {
    const scores = await trainAndJudge(model, candidate, trainSet, heldOut, options);
    return { ...candidate, ...scores, seconds: (performance.now() - start) / 1000 };
  }
  const cache = new FeatureCache(model);
  const features = { transform, batchSize };
  const [seen, unseen] = [
    await cache.compute(trainSet, features),
    await cache.compute(heldOut, features),
  ];
  const untransformed = { ...options, transform: undefined };
  const scores = await trainAndJudge(cache.remainder, candidate, seen, unseen, untransformed);
  return { ...candidate, ...scores, seconds: (performance.now() - start) / 1000 };
}

/** A short training with Adam, judged on examples it hasn't seen. */
async function trainAndJudge(
  model: Module,
  { lr, schedule, l2sp, weightDecay }: Strategy,
  trainSet: Dataset,
  heldOut: Dataset,
  { epochs = 5, batchSize = 32, transform, loss: given, seed = 0 }: ChooseOptions,
) {
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new Adam(trained, { lr, weightDecay });
  const regularizer = l2sp ? new L2SP(model, { alpha: l2sp, beta: l2sp / 10 }) : undefined;
  const total = epochs * Math.ceil(trainSet.length / batchSize);
  const trainer = new Trainer({
    ...{ model, optimizer, seed, regularizer, loss: given },
    schedule: scheduleOf(schedule, optimizer, total),
  });
  const { steps } = await trainer.fit(trainSet, { epochs, batchSize, transform });
  const { accuracy, loss } = await trainer.evaluate(heldOut, { batchSize });
  trainer.dispose(); // the next candidate needs the room now
  const error = Math.sqrt((accuracy * (1 - accuracy)) / heldOut.length);
  return { accuracy, error, loss, epochs, steps };
}

function scheduleOf(name: Strategy["schedule"], optimizer: Adam, totalSteps: number) {
  if (name === "cosine")
    return { schedule: new CosineAnnealingLR(optimizer, totalSteps), every: "step" } as const;
  if (name !== "onecycle") return undefined;
  const maxLr = optimizer.groups[0]!.lr;
  const cycle = new OneCycleLR(optimizer, { maxLr, totalSteps: Math.max(4, totalSteps) });
  return { schedule: cycle, every: "step" } as const;
}

/** Those that the held-out examples can't tell from the best. */
function alikeOf(results: readonly StrategyResult[]): StrategyResult[] {
  const best = results.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  return results.filter(({ accuracy }) => accuracy >= best.accuracy - best.error);
}
