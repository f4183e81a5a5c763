import { checkOptions } from "../base/index.ts";
import type { Dataset } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { againIfLost } from "../train/index.ts";
import { defaultCandidates, type Strategy } from "./strategies.ts";
import {
  meanAndError,
  type StrategyResult,
  type Trial,
  type TrialOptions,
  Trials,
} from "./strategy_trial.ts";

/** What a search may cost; whatever would go beyond it isn't begun. */
export interface Budget {
  /** Optimizer steps of all candidates together. */
  steps?: number;
  seconds?: number;
}

/** What was tried, and what came out best. */
export interface Choice {
  readonly best: StrategyResult;
  /**
   * Those that the held-out examples can't tell from the most accurate: the difference, example by example, is within its
   * standard error.
   */
  readonly alike: readonly StrategyResult[];
  /** Of every training, in order. */
  readonly results: readonly StrategyResult[];
  /** What there was no budget left for. */
  readonly untried: readonly Strategy[];
}

export interface ChooseOptions extends TrialOptions {
  /** Default: the head alone, the last third of the features with the head, everything. */
  candidates?: readonly Strategy[];
  /** Default 5. */
  epochs?: number;
  /**
   * Successive halving (Jamieson & Talwalkar 2016, https://arxiv.org/abs/1502.07943) by this factor: all candidates are tried for
   * few epochs, the best 1/halving of them for so many times more, and so on; the last round has `epochs`. Default: one round.
   */
  halving?: number;
  budget?: Budget;
  onProgress?: (result: StrategyResult) => void;
}

const KNOWN = [
  "candidates",
  "holdOut",
  "folds",
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
 * Finds out by trying what to train: each candidate fine-tunes a fresh model on a part of the examples and is judged on the
 * rest. Of those that the held-out examples can't tell from the most accurate, the one with the least loss wins: it tells
 * finer than the count of right answers.
 *
 * @param makeModel gives a model with its pretrained weights and new head, anew for each candidate.
 * @returns every result, and the choice: apply it with `freeze(model, best.freeze)`, after `cut` and `replaceHead` where it has a cut.
 * @example chooseStrategy(makeModel, set, { candidates: varyCandidates(…), halving: 3, folds: 4, budget: { seconds: 600 } })
 */
export async function chooseStrategy(
  makeModel: () => Module | Promise<Module>,
  dataset: Dataset,
  options: ChooseOptions = {},
): Promise<Choice> {
  checkOptions("chooseStrategy", options, KNOWN);
  const { epochs = 5, halving = Number.POSITIVE_INFINITY } = options;
  check(options);
  const trials = new Trials(makeModel, dataset, options);
  const candidates =
    options.candidates ?? (await againIfLost(async () => defaultCandidates(await makeModel())));
  const results: StrategyResult[] = [];
  const untried: Strategy[] = [];
  let round: Trial[] = [];
  let left = candidates;
  for (const length of roundsOf(candidates.length, epochs, halving)) {
    const before = round;
    round = [];
    for (const candidate of left) {
      if (isSpent(results, options.budget)) {
        untried.push(candidate);
        continue;
      }
      const trial = await againIfLost(() => trials.run(candidate, length));
      results.push(trial.result);
      round.push(trial);
      options.onProgress?.(trial.result);
    }
    if (round.length < Math.min(2, left.length)) round = before.length > 0 ? before : round;
    if (untried.length > 0) break;
    left = [...round]
      .sort(({ result: a }, { result: b }) => b.accuracy - a.accuracy || a.loss - b.loss)
      .slice(0, Math.ceil(round.length / halving))
      .map(({ candidate }) => candidate);
  }
  const alike = alikeOf(round);
  const best = alike.reduce((a, b) => (b.loss < a.loss ? b : a));
  return { best, alike, results, untried };
}

function check({ holdOut, folds, halving = Number.POSITIVE_INFINITY }: ChooseOptions): void {
  if (!(halving > 1)) throw new Error(`chooseStrategy: halving must be above 1, not ${halving}`);
  if (holdOut !== undefined && !(holdOut > 0 && holdOut < 1))
    throw new Error(`chooseStrategy: holdOut must be between 0 and 1, not ${holdOut}`);
  if (folds === undefined) return;
  if (!(Number.isInteger(folds) && folds > 1))
    throw new Error(`chooseStrategy: folds must be a whole number of at least 2, not ${folds}`);
  if (holdOut !== undefined)
    throw new Error("chooseStrategy: give holdOut or folds; of folds each is held out in turn");
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

/**
 * Those that the held-out examples can't tell from the most accurate. All were judged by the same examples, so it is the
 * differences that count: most examples are right or wrong with either, and tell nothing.
 */
function alikeOf(trials: readonly Trial[]): StrategyResult[] {
  const best = trials.reduce((a, b) => (b.result.accuracy > a.result.accuracy ? b : a));
  const isBehind = ({ right }: Trial) => {
    const { mean, error } = meanAndError(best.right.map((share, i) => share - right[i]!));
    return mean > error;
  };
  return trials.filter((trial) => !isBehind(trial)).map(({ result }) => result);
}
