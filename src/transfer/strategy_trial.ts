import {
  type DataLoaderOptions,
  type Dataset,
  type Fold,
  kFold,
  numClasses,
  split,
} from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { Adam, CosineAnnealingLR, OneCycleLR } from "../optim/index.ts";
import { type LossFunction, type Metric, Trainer } from "../train/index.ts";
import { cut } from "./cut.ts";
import { FeatureCache } from "./feature_cache.ts";
import { hasFixedPrefix } from "./fixed_prefix.ts";
import { freeze } from "./freeze.ts";
import { L2SP } from "./l2sp.ts";
import { replaceHead } from "./replace_head.ts";
import type { Strategy } from "./strategies.ts";

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

/** How candidates are trained and judged. */
export interface TrialOptions {
  /** Share of the examples held out to judge by. Default 0.25. */
  holdOut?: number;
  /**
   * In place of `holdOut`, k-fold cross-validation: as many networks of each candidate are trained, each without another part of the
   * examples, so that every example is judged by. For few examples, of which a quarter tells little.
   */
  folds?: number;
  batchSize?: number;
  transform?: DataLoaderOptions["transform"];
  /** What candidates are trained with, as the Trainer's. Default cross-entropy on class numbers. */
  loss?: Module | LossFunction;
  seed?: number;
}

/** A candidate that was trained and judged. */
export interface Trial {
  readonly candidate: Strategy;
  readonly result: StrategyResult;
  /** Of each held-out example the share of its labels that was right: 0 or 1 where it has one. */
  readonly right: readonly number[];
}

/** Trains candidates on parts of a dataset and judges them on the rest of it. */
export class Trials {
  /** What a frozen part gave last: candidates that differ in their rates alone share it. */
  #kept: { readonly key: string; readonly features: Dataset } | null = null;

  constructor(
    private readonly makeModel: () => Module | Promise<Module>,
    private readonly dataset: Dataset,
    private readonly options: TrialOptions,
  ) {}

  async run(candidate: Strategy, epochs: number): Promise<Trial> {
    const start = performance.now();
    const model = await this.#network(candidate);
    const isKept = candidate.freeze !== null && hasFixedPrefix(model);
    const set = isKept ? await this.#features(model, candidate) : this.dataset;
    const folds = await this.#divide(set);
    const scores = { loss: 0, steps: 0 };
    const right: number[] = [];
    for (const [i, fold] of folds.entries()) {
      const fresh = i === 0 ? model : await this.#network(candidate);
      const trained = isKept ? new FeatureCache(fresh).remainder : fresh;
      const transform = isKept ? undefined : this.options.transform;
      const how = { ...this.options, epochs, transform };
      const found = await trainAndJudge(trained, candidate, fold, how);
      scores.loss += found.loss / folds.length;
      scores.steps += found.steps;
      right.push(...found.right);
    }
    const { mean: accuracy, error } = meanAndError(right);
    const seconds = (performance.now() - start) / 1000;
    return {
      candidate,
      right,
      result: { ...candidate, accuracy, error, ...scores, epochs, seconds },
    };
  }

  async #network({ cut: last, pool, freeze: frozen }: Strategy): Promise<Module> {
    let model = await this.makeModel();
    if (last !== undefined) {
      model = cut(model, last, { pool });
      replaceHead(model, numClasses(this.dataset));
    }
    if (frozen !== null) freeze(model, frozen);
    return model;
  }

  async #features(model: Module, { cut: last, pool, freeze: frozen }: Strategy): Promise<Dataset> {
    const key = [last, pool, frozen].join(" ");
    if (this.#kept?.key !== key) {
      const { transform, batchSize = 32 } = this.options;
      const how = { transform, batchSize };
      this.#kept = { key, features: await new FeatureCache(model).compute(this.dataset, how) };
    }
    return this.#kept.features;
  }

  async #divide(set: Dataset): Promise<readonly Fold[]> {
    const { holdOut = 0.25, folds, seed = 0 } = this.options;
    const how = { seed, stratify: typeof (await set.get(0)).label === "number" };
    if (folds !== undefined) return kFold(set, folds, how);
    const [train, validation] = split(set, [1 - holdOut, holdOut], how);
    return [{ train, validation }];
  }
}

/** A short training with Adam, judged on examples it hasn't seen. */
async function trainAndJudge(
  model: Module,
  { lr, schedule, l2sp, weightDecay }: Strategy,
  { train, validation }: Fold,
  { epochs, batchSize = 32, transform, loss: given, seed = 0 }: TrialOptions & { epochs: number },
) {
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new Adam(trained, { lr, weightDecay });
  const regularizer = l2sp ? new L2SP(model, { alpha: l2sp, beta: l2sp / 10 }) : undefined;
  const total = epochs * Math.ceil(train.length / batchSize);
  const answers = new Answers();
  const trainer = new Trainer({
    ...{ model, optimizer, seed, regularizer, loss: given, metrics: [answers] },
    schedule: scheduleOf(schedule, optimizer, total),
  });
  const { steps } = await trainer.fit(train, { epochs, batchSize, transform });
  const { loss } = await trainer.evaluate(validation, { batchSize });
  trainer.dispose(); // the next candidate needs the room now
  return { loss, steps, right: answers.right };
}

/** Which examples of the last evaluation were answered right. */
class Answers implements Metric<number[]> {
  readonly name = "right";
  readonly reads = "predictions";
  right: number[] = [];

  reset(): number[] {
    this.right = [];
    return this.right;
  }

  update(right: number[], { predictions, targets, count }: Parameters<Metric["update"]>[1]): void {
    const width = predictions.length / count;
    for (let i = 0; width > 0 && i < count; i++) {
      let hits = 0;
      for (let at = i * width; at < (i + 1) * width; at++)
        if (Math.round(targets[at]!) === predictions[at]) hits++;
      right.push(hits / width);
    }
  }

  compute(right: number[]): number {
    return meanAndError(right).mean;
  }
}

/** With the standard error of the mean: for yes and no √(p (1 − p) / n). */
export function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares) / length };
}

function scheduleOf(name: Strategy["schedule"], optimizer: Adam, totalSteps: number) {
  if (name === "cosine")
    return { schedule: new CosineAnnealingLR(optimizer, totalSteps), every: "step" } as const;
  if (name !== "onecycle") return undefined;
  const maxLr = optimizer.groups[0]!.lr;
  const cycle = new OneCycleLR(optimizer, { maxLr, totalSteps: Math.max(4, totalSteps) });
  return { schedule: cycle, every: "step" } as const;
}
