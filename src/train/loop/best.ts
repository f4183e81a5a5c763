import type { BestEpoch, EpochRecord } from "../state/history.ts";

/** Which epoch counts as best: true or "loss" the one with the lowest loss, a metric the one with its highest figure. */
export type KeepBest = boolean | string | { watch: string; mode: "min" | "max" };

/**
 * An epoch as the best so far, null where it isn't: judged on the validation set, or where there is none on the epoch's
 * own figures.
 *
 * @throws Error for a metric that isn't there.
 */
export function betterEpoch(
  keepBest: KeepBest,
  record: EpochRecord,
  best: BestEpoch | null,
): BestEpoch | null {
  if (keepBest === false) return null;
  const { watch, mode } = rule(keepBest);
  const value = figureOf(record.validation ?? record, watch);
  const sign = mode === "min" ? -1 : 1;
  const isBetter = best === null || sign * value > sign * best.value;
  return isBetter && !Number.isNaN(value) ? { epoch: record.epoch, watched: watch, value } : null;
}

function rule(keepBest: true | string | { watch: string; mode: "min" | "max" }) {
  if (typeof keepBest === "object") return keepBest;
  const watch = keepBest === true ? "loss" : keepBest;
  return { watch, mode: watch === "loss" ? "min" : "max" } as const;
}

function figureOf(
  { loss, accuracy, metrics }: Pick<EpochRecord, "loss" | "accuracy" | "metrics">,
  watch: string,
): number {
  const figures: Record<string, number | undefined> = { ...metrics, loss };
  figures.accuracy ??= accuracy;
  const value = figures[watch];
  if (value !== undefined) return value;
  const known = Object.keys(figures).join(", ");
  throw new Error(`fit: keepBest watches ${watch}, which isn't measured; there are ${known}`);
}
