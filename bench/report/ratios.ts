import { type EngineResult, OUT_OF_TIME, type Row, type Run } from "../types.ts";
import { seconds } from "./format.ts";
import { geometricMean } from "./statistics.ts";

/** One engine's median seconds in a row, if it has any. */
export function secondsOf(row: Row, engine: string): number | null {
  return row.results.find((result) => result.engine === engine)?.timing?.median ?? null;
}

/** How many times Graft is as fast as a peer in this row; null where one of them has no time. */
export function ratioTo(row: Row, peer: string): number | null {
  const [own, theirs] = [secondsOf(row, "graft"), secondsOf(row, peer)];
  return own === null || theirs === null ? null : theirs / own;
}

/** Operations per second in a row. */
export function rateOf(row: Row, engine: string): number | null {
  const time = secondsOf(row, engine);
  return time === null || !row.flops ? null : row.flops / time;
}

/**
 * The adapter's multiply-adds, operations per second: the best that the run reached at its start or, where the machine
 * was faster then, beside the row. So a share of it is never too large.
 */
export function peakOf({ ceiling }: Pick<Run, "ceiling">, { peakFlops = 0 }: Row): number | null {
  return Math.max(peakFlops, ceiling?.flopsPerSecond ?? 0) || null;
}

export function shareOfCeiling(run: Pick<Run, "ceiling">, row: Row, engine: string): number | null {
  const [rate, peak] = [rateOf(row, engine), peakOf(run, row)];
  return rate === null || !peak ? null : rate / peak;
}

/** Engines other than Graft, in the order of the run. */
export function peersOf(run: Run): string[] {
  return Object.keys(run.engines).filter((name) => name !== "graft");
}

export interface PeerSummary {
  readonly peer: string;
  readonly rows: number;
  readonly mean: number;
  readonly least: number;
  readonly leastRow: string;
}

/** Ratios to a peer over all rows that both ran; null where there is none. */
export function summarizePeer(rows: readonly Row[], peer: string): PeerSummary | null {
  const ratios = rows.flatMap((row): [number, string][] => {
    const ratio = ratioTo(row, peer);
    return ratio === null ? [] : [[ratio, row.title]];
  });
  if (ratios.length === 0) return null;
  const [least, leastRow] = ratios.reduce((a, b) => (b[0] < a[0] ? b : a));
  const mean = geometricMean(ratios.map(([ratio]) => ratio));
  return { peer, rows: ratios.length, mean, least, leastRow };
}

export function resultOf(row: Row, engine: string): EngineResult | undefined {
  return row.results.find((result) => result.engine === engine);
}

/** A median for a table, or why there is none. */
export function timeCell(result: EngineResult | undefined): string {
  if (result?.timing) return seconds(result.timing.median);
  if (result?.error === OUT_OF_TIME) return "not run";
  return result?.error ? "failed" : "";
}
