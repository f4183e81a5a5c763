import type { Totals } from "./position.ts";
import type { PendingResult } from "./steps.ts";

/** A batch whose results are on their way. */
export interface Part {
  readonly pending: PendingResult;
  readonly targets: Int32Array | Float32Array;
  /** How many examples it has. */
  readonly count: number;
}

/** What a step came to, once read. */
export interface Outcome {
  /** Mean over the step's examples. */
  readonly loss: number;
  /** undefined where no class was predicted. */
  readonly right: number | undefined;
  readonly count: number;
}

/** The outcome of the batches of one step. */
export async function outcomeOf(parts: readonly Part[]): Promise<Outcome> {
  const results = await Promise.all(parts.map(outcomeOfOne));
  const count = sum(results.map((result) => result.count));
  const loss = sum(results.map((result) => result.loss * result.count)) / count;
  const judged = results.every(({ right }) => right !== undefined);
  return { loss, right: judged ? sum(results.map(({ right }) => right ?? 0)) : undefined, count };
}

async function outcomeOfOne({ pending, targets, count }: Part): Promise<Outcome> {
  const [loss, predictions] = await Promise.all([pending.loss, pending.predictions]);
  const each = targets.length / count; // labels of an example
  const right = predictions.length > 0 ? countRight(targets, predictions) / each : undefined;
  return { loss, right, count };
}

/** Adds a step to an epoch's totals. */
export function addTo(totals: Totals, { loss, right, count }: Outcome): void {
  totals.loss += loss * count;
  totals.count += count;
  totals.right += right ?? 0;
  totals.judged += right === undefined ? 0 : count;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** How many predictions equal their targets, of which a share counts as the nearer of 0 and 1. */
function countRight(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < targets.length; i++) if (Math.round(targets[i]!) === predictions[i]) right++;
  return right;
}
