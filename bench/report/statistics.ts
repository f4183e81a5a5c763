import type { Timing } from "../types.ts";

/** The middle value; the mean of the two middle ones for an even count. @throws Error for no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("median: no values");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Medians tell what to expect, minima what the code can do when nothing else runs: both are kept. */
export function summarize(seconds: readonly number[]): Timing {
  return {
    median: median(seconds),
    min: Math.min(...seconds),
    max: Math.max(...seconds),
    runs: seconds.length,
  };
}

/** The mean for ratios: twice as fast and half as fast cancel out. @throws Error for no values. */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new Error("geometricMean: no values");
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/**
 * The exponent p of y ≈ a·xᵖ by least squares on logarithms: 1 is linear growth.
 * @throws Error for fewer than two distinct x.
 */
export function growthExponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const spread = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) throw new Error("growthExponent: needs two different sizes");
  return logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}
