import type { Totals } from "./position.ts";
import type { PendingResult } from "./steps.ts";

/** A batch whose results are on their way. */
export interface Part {
  readonly pending: PendingResult;
  readonly targets: Int32Array | Float32Array;
  /** How many examples it has. */
  readonly size: number;
}

/** What a step came to, once read. */
export interface Outcome {
  /** Mean over the examples that count. */
  readonly loss: number;
  /** undefined where no class was predicted. */
  readonly right: number | undefined;
  /** Examples that count: all but those whose label is ignored. */
  readonly count: number;
  /** Examples that were run. */
  readonly size: number;
}

/** The outcome of the batches of one step. */
export async function outcomeOf(parts: readonly Part[]): Promise<Outcome> {
  const results = await Promise.all(parts.map(outcomeOfOne));
  const sum = (of: (result: Outcome) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const count = sum((result) => result.count);
  const judged = results.every(({ right }) => right !== undefined);
  return {
    loss: sum((result) => result.loss * result.count) / count,
    right: judged ? sum(({ right }) => right ?? 0) : undefined,
    count,
    size: sum((result) => result.size),
  };
}

async function outcomeOfOne({ pending, targets, size }: Part): Promise<Outcome> {
  const [loss, predictions] = await Promise.all([pending.loss, pending.predictions]);
  // Where several labels can be right, they are shares: each counts as the nearer of 0 and 1.
  const isRight = (label: number, i: number) => Math.round(label) === predictions[i];
  const right = predictions.length > 0 ? examplesWhere(targets, size, isRight) : undefined;
  return { loss, right, count: countedExamples(targets, size), size };
}

/** Adds a step to an epoch's totals. */
export function addTo(totals: Totals, { loss, right, count }: Outcome): void {
  totals.loss += loss * count;
  totals.count += count;
  if (right !== undefined) totals.right = (totals.right ?? 0) + right;
}

/** What stands for an ignored label: no class, nor a label that a loss of one's own would take. */
export const IGNORED = -(2 ** 31);

/** How many examples count. */
export function countedExamples(targets: Part["targets"], size: number): number {
  return examplesWhere(targets, size, (label) => label !== IGNORED);
}

/** An example with several labels counts by the share of them. */
function examplesWhere(
  targets: Part["targets"],
  size: number,
  holds: (label: number, i: number) => boolean,
): number {
  const found = [...targets].filter(holds).length;
  return (found * size) / targets.length;
}
