import type { Workload } from "../workloads/workload.ts";

/** About how many times as long as Graft's an engine's run takes: only for guessing the time left. */
const slowness: Readonly<Record<string, number>> = { graft: 1, jax: 6, tfjs: 20, "tfjs-wasm": 6 };

/** A guess of a workload's share of a run, in any unit. */
export function expectedCost(workload: Workload, engines: readonly string[]): number {
  const taking = engines.filter((name) => workload.engines?.includes(name) ?? true);
  const factor = taking.reduce((sum, name) => sum + (slowness[name] ?? 1), 0);
  // Some runs of the work itself, and as much for compiling and checking as a few billion operations.
  const work = workload.kind === "timed" ? 4 * (workload.flops ?? 0) : 1e10;
  return factor * (work + 5e9);
}
