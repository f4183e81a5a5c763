/** What a curve of losses over rising learning rates suggests. */
export interface LrSuggestions {
  /** Two thirds down the longest run of falling losses: safe, what fastai takes by default. */
  readonly valley: number;
  /** Where the loss falls fastest. */
  readonly steep: number;
  /** A tenth of the rate with the lowest loss. */
  readonly minimum: number;
}

/** What fastai leaves out: the start, where nothing has moved, and the end, where the loss shoots up. */
const LAST = 5;

/**
 * The suggestions of fastai's `lr_find`, with its formulas (https://docs.fast.ai/callback.schedule.html).
 *
 * @param losses smoothed, in the order of the rates, which rise; so many as there are.
 * @param steps that were planned: of those the first tenth doesn't count, nor do the last five that were taken.
 * @returns null where too few are left to tell.
 */
export function suggestRates(
  rates: readonly number[],
  losses: readonly number[],
  steps: number,
): LrSuggestions | null {
  const from = Math.floor(steps / 10);
  const counted = losses.slice(from, -LAST);
  const lrs = rates.slice(from, -LAST);
  if (counted.length < 3) return null;
  return {
    valley: lrs[valley(counted)]!,
    steep: lrs[steepest(lrs, counted)]!,
    minimum: lrs[indexOfLeast(counted)]! / 10,
  };
}

/** On the longest falling subsequence, behind the first third of its length and half a third. */
function valley(losses: readonly number[]): number {
  const lengths = losses.map(() => 1);
  let end = 0;
  for (let i = 1; i < losses.length; i++) {
    for (let j = 0; j < i; j++)
      if (losses[i]! < losses[j]!) lengths[i] = Math.max(lengths[i]!, lengths[j]! + 1);
    if (lengths[i]! > lengths[end]!) end = i;
  }
  const start = end - lengths[end]!;
  const third = (end - start) / 3;
  return Math.max(0, start + Math.trunc(third) + Math.trunc(third / 2));
}

function steepest(rates: readonly number[], losses: readonly number[]): number {
  const slopes = rates.slice(1).map((rate, i) => {
    return (losses[i + 1]! - losses[i]!) / Math.log(rate / rates[i]!);
  });
  return indexOfLeast(slopes);
}

function indexOfLeast(values: readonly number[]): number {
  return values.reduce((least, value, i) => (value < values[least]! ? i : least), 0);
}
