import { getRandomState, setRandomState } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../../data/index.ts";
import type { Trainer } from "../../train/index.ts";
import { type LrSuggestions, suggestRates } from "./suggest.ts";

export interface LrFindOptions {
  /** The rate of the first step. Default 1e-7. */
  minLr?: number;
  /** The rate that the last step comes near to. Default 10. */
  maxLr?: number;
  /** Default 100; fewer are taken where the loss grows to four times its least. */
  steps?: number;
  /** Default 32. */
  batchSize?: number;
  transform?: DataLoaderOptions["transform"];
  /** Default true. */
  shuffle?: boolean;
  /** Of the order of the images. Default: the trainer's. */
  seed?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** The curve of loss over learning rate, and what to train with. */
export interface LrFindResult {
  /** The rate of each step that was taken. */
  readonly rates: readonly number[];
  /** The loss at that rate, smoothed over the steps before. */
  readonly losses: readonly number[];
  /** What to train with: `suggestions.valley`. */
  readonly suggestion: number;
  readonly suggestions: LrSuggestions;
}

const KNOWN = [
  ...[
    "minLr",
    "maxLr",
    "steps",
    "batchSize",
    "transform",
    "shuffle",
    "seed",
    "signal",
    "onProgress",
  ],
];

/** The share of the past in the smoothed loss, as in fastai. */
const MEMORY = 0.98;
/** A loss of so many times the least one ends the search. */
const DIVERGED = 4;

/**
 * Looks for a learning rate (Smith 2015, https://arxiv.org/abs/1506.01186): trains for some steps while the rate rises
 * exponentially, notes the loss of each, and puts everything back as it was: weights, optimizer, random numbers. Groups keep
 * their rates' proportions, and rates are the highest group's.
 *
 * @returns curve and suggestions, with fastai's formulas.
 * @throws Error where the loss isn't finite from the start, or explodes before there is anything to tell by; the signal's reason
 *   when it is raised.
 * @example const { suggestion } = await transfer.lrFind(trainer, trainSet, { batchSize: 32 });
 */
export async function lrFind(
  trainer: Trainer,
  dataset: Dataset,
  options: LrFindOptions = {},
): Promise<LrFindResult> {
  checkOptions("lrFind", options, KNOWN);
  const { minLr = 1e-7, maxLr = 10, steps = 100 } = options;
  if (!(minLr > 0 && minLr < maxLr && maxLr < Number.POSITIVE_INFINITY))
    throw new RangeError(`lrFind: rates must rise from above 0, not from ${minLr} to ${maxLr}`);
  if (!Number.isInteger(steps) || steps < 10)
    throw new RangeError(`lrFind: steps must be a whole number of at least 10, not ${steps}`);
  const found = await trainer.survivingLoss(() =>
    andBack(trainer, () => rise(trainer, dataset, options)),
  );
  const suggestions = suggestRates(found.rates, found.losses, steps);
  if (suggestions) return { ...found, suggestion: suggestions.valley, suggestions };
  throw new Error(
    `lrFind: the loss grew from ${found.losses[0]} to ${found.losses.at(-1)} within ${found.losses.length} of ${steps} steps, ` +
      "too early to tell a rate: give more steps, or a lower maxLr",
  );
}

/** Does work and puts the trainer and the user's random numbers back as they were. */
async function andBack<T>(trainer: Trainer, work: () => Promise<T>): Promise<T> {
  const [before, random] = [await trainer.snapshot(), getRandomState()];
  const modes = trainer.model.modules().map((module) => module.training);
  try {
    return await work();
  } finally {
    setRandomState(random);
    trainer.model.modules().forEach((module, i) => {
      module.setTraining(modes[i]!);
    });
    trainer.restore(before);
  }
}

async function rise(trainer: Trainer, dataset: Dataset, options: LrFindOptions) {
  const { minLr = 1e-7, maxLr = 10, steps = 100, signal, onProgress } = options;
  const setRate = rateSetter(trainer);
  const step = trainer.trainStep;
  const [rates, losses]: [number[], number[]] = [[], []];
  let [sum, least] = [0, Number.POSITIVE_INFINITY];
  trainer.model.train();
  for await (const inputs of batchesOf(trainer, dataset, options, steps)) {
    signal?.throwIfAborted();
    const rate = minLr * (maxLr / minLr) ** (rates.length / steps);
    setRate(rate);
    if (!step.isRecorded(...inputs)) await step.compile(inputs);
    const loss = await step(...inputs).loss.item();
    if (rates.length === 0 && !Number.isFinite(loss))
      throw new Error(
        `lrFind: the loss is ${loss} before anything is trained: check images and labels`,
      );
    sum = MEMORY * sum + (1 - MEMORY) * loss;
    const smoothed = sum / (1 - MEMORY ** (rates.length + 1));
    if (Number.isNaN(smoothed)) break;
    rates.push(rate);
    losses.push(smoothed);
    least = Math.min(least, smoothed);
    onProgress?.(rates.length, steps);
    if (smoothed > DIVERGED * least) break;
  }
  return { rates, losses };
}

/** So many batches, over as many epochs as it takes. */
async function* batchesOf(
  trainer: Trainer,
  dataset: Dataset,
  { batchSize = 32, transform, shuffle = true, seed = trainer.seed }: LrFindOptions,
  count: number,
) {
  const dropLast = dataset.length >= batchSize;
  const loader = new DataLoader(dataset, { batchSize, transform, seed, shuffle, dropLast });
  for (let left = count; left > 0; ) {
    for await (const batch of loader) {
      if (left-- <= 0) return;
      yield batch;
    }
  }
}

/** Sets the highest rate; those of other groups stay in proportion. */
function rateSetter({ optimizer }: Trainer): (rate: number) => void {
  const groups = optimizer.groups as { lr?: number }[];
  const own = groups.map(({ lr }) => lr ?? 0);
  const most = Math.max(...own);
  return (rate) => {
    groups.forEach((group, i) => {
      group.lr = most > 0 ? (rate * own[i]!) / most : rate;
    });
  };
}
