/**
 * Times the choices for problems that were met, on a device with `tuning: "measure"`. Repeated dispatches are timed from
 * submission to completion: browsers round timestamp queries.
 */
import type { Device } from "../../gpu/index.ts";
import { scope } from "../scope.ts";
import type { MetProblem, Trial } from "./met_problem.ts";
import type { TuningRow, TuningTable } from "./tuning_table.ts";

const ROUNDS = 3;
/** What one timing should take at least, in milliseconds, and the repetitions it may take for that. */
const LONG_ENOUGH = 4;
const MOST_REPEATS = 32;
/** What takes more than this many times as long as the best in the first round isn't timed again. */
const HOPELESS = 2;
/** Milliseconds from which one timing more is enough. */
const SLOW = 100;

/** Called with how many of the problems are measured. */
export type TuningProgress = (done: number, total: number) => void;

/** Measures all that was met and enters it in the table. @returns the number of problems measured. */
export async function measureMet(
  device: Device,
  table: TuningTable,
  met: Map<string, MetProblem>,
  onProgress?: TuningProgress,
): Promise<number> {
  const { profiler } = device;
  device.profiler = null;
  let done = 0;
  try {
    for (;;) {
      // The latest first: a convolution is made of products, which are met after it and measured before it.
      const [key, problem] = [...met].at(-1) ?? [];
      if (key === undefined || !problem) break;
      const row = await measure(device, problem, met).catch((error: Error) => {
        met.delete(key); // or it would fail again and again
        throw error;
      });
      if (!row) continue;
      table.set(key, row);
      met.delete(key);
      done++;
      onProgress?.(done, done + met.size);
    }
  } finally {
    device.profiler = profiler;
    await table.save();
  }
  return done;
}

/** null where other problems came up that have to be measured first. */
async function measure(
  device: Device,
  { operation, shape, start }: MetProblem,
  met: ReadonlyMap<string, MetProblem>,
): Promise<TuningRow | null> {
  const before = met.size;
  const { trials, stop } = start();
  try {
    for (const trial of trials) discard(trial); // compiles
    if (met.size > before) return null;
    const candidates = await race(device, trials);
    return { operation, shape, ...candidates[0]!, candidates };
  } finally {
    stop();
  }
}

/** Times all in turn, several rounds, and keeps the best time of each; the fastest first. */
async function race(device: Device, trials: readonly Trial[]): Promise<TuningRow["candidates"]> {
  const times = new Map<Trial, number>();
  for (const trial of trials) times.set(trial, await time(device, trial, 1));
  const best = Math.min(...times.values());
  const close = trials.filter((trial) => times.get(trial)! <= HOPELESS * best);
  const count = Math.min(MOST_REPEATS, Math.ceil(LONG_ENOUGH / Math.max(0.01, best)));
  const rounds = best > SLOW ? 1 : ROUNDS;
  for (let round = 0; round < rounds && close.length > 1; round++) {
    for (const trial of close) {
      const milliseconds = await time(device, trial, count);
      times.set(trial, round === 0 ? milliseconds : Math.min(times.get(trial)!, milliseconds));
    }
  }
  return [...times]
    .map(([{ label }, milliseconds]) => ({ variant: label, milliseconds }))
    .sort((a, b) => a.milliseconds - b.milliseconds);
}

/** Milliseconds one run takes, from a number of them. */
async function time(device: Device, trial: Trial, count: number): Promise<number> {
  await device.synchronize();
  const start = performance.now();
  for (let i = 0; i < count; i++) discard(trial);
  await device.synchronize();
  return (performance.now() - start) / count;
}

function discard(trial: Trial): void {
  scope(trial.run, () => []);
}
