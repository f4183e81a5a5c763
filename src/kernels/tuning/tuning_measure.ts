/**
 * Times candidates on problems that were met, for devices with `tuning: "measure"`. Repeated
 * dispatches are timed from submission to completion: browsers round timestamp queries.
 */
import { currentDevice, type Device, identifySources, type TuningRow } from "../../gpu/index.ts";
import type { NDArray } from "../array.ts";
import { conv2dForward, conv2dInputGradient, conv2dWeightGradient } from "../conv2d/index.ts";
import { convText, inputShape, outputShape, weightShape } from "../conv2d/shape.ts";
import { fill } from "../layout/fill.ts";
import { type Gemm, gemm, type Placement, type Stride } from "../matmul/gemm.ts";
import { persistently, scope } from "../scope.ts";
import { estimate, type GemmChoice, gemmCandidates, gemmLabel } from "./tuning.ts";
import {
  type ConvSketch,
  type GemmSketch,
  nextPending,
  pendingCount,
  type Sketch,
  settlePending,
  trying,
} from "./tuning_pending.ts";
import { tunedSources } from "./tuning_sources.ts";

export { tunedConv, tunedGemm } from "./tuning_pending.ts";

identifySources(tunedSources);

/** Compiling more takes longer than it gains: the rule's favourites hold the best but for noise. */
const MOST_CANDIDATES = 6;
const ROUNDS = 3;
/** What one timing should take at least, in milliseconds, and the repetitions it may take for that. */
const LONG_ENOUGH = 4;
const MOST_REPEATS = 32;
/** Candidates that take so much longer than the best at first aren't timed again. */
const HOPELESS = 2;
/** Milliseconds from which one timing more is enough. */
const SLOW = 100;

export type TuningProgress = (done: number, total: number) => void;

let running: Promise<number> | null = null;

/**
 * Measures every problem met since the last time, on a device with `tuning: "measure"`, and keeps
 * the results for later runs. Captured steps do this themselves in `compile`.
 *
 * @returns the number of problems measured.
 */
export async function measureTuning(onProgress?: TuningProgress): Promise<number> {
  const device = currentDevice();
  if (pendingCount(device) === 0) return 0;
  running ??= measureAll(device, onProgress).finally(() => {
    running = null;
  });
  return running;
}

async function measureAll(device: Device, onProgress?: TuningProgress): Promise<number> {
  const table = await device.tuningTable();
  const { profiler } = device;
  device.profiler = null;
  let done = 0;
  try {
    // Products first: convolutions are made of them, and trying those may bring up new ones.
    for (;;) {
      const sketch = nextPending(device, "matmul") ?? nextPending(device, "conv2d");
      if (!sketch) break;
      const row = await measure(device, sketch).catch((error: Error) => {
        settlePending(device, sketch.key); // or it would fail again and again
        throw error;
      });
      if (!row) continue;
      table.set(sketch.key, row);
      settlePending(device, sketch.key);
      done++;
      onProgress?.(done, done + pendingCount(device));
    }
  } finally {
    device.profiler = profiler;
    await table.save();
  }
  return done;
}

/** null where other problems have to be measured first. */
async function measure(device: Device, sketch: Sketch): Promise<TuningRow | null> {
  return sketch.kind === "matmul" ? measureGemm(device, sketch) : measureConv(device, sketch);
}

async function measureGemm(device: Device, sketch: GemmSketch): Promise<TuningRow> {
  const { key, problem, sizes } = sketch;
  const dtype = key.includes(" f16>") ? "f16" : "f32";
  const [a, b] = persistently(() => sizes.map((size) => fill([size], 0.5, dtype))) as NDArray[];
  const out = problem.out && { ...problem.out, first: 0 };
  const full: Gemm = {
    ...problem,
    out,
    a: { ...sketch.a, array: a! },
    b: { ...sketch.b, array: b! },
  };
  const { m, n, k, batches } = problem;
  const shape = [out ? extentOf(out, problem) : m * n * batches];
  const candidates = shortlist(device, sketch).map(gemmLabel);
  try {
    const times = await race(device, key, candidates, () => gemm(full, shape));
    const text = `${m}×${k} · ${k}×${n}${batches > 1 ? `, ${batches} times` : ""}`;
    return rowOf("matmul", text, times);
  } finally {
    for (const array of [a, b]) array!.release();
  }
}

/** The most promising candidates by rule, best first. */
function shortlist(device: Device, { problem, vec4 }: GemmSketch): GemmChoice[] {
  return gemmCandidates(device, problem, vec4)
    .map((choice) => ({ choice, cost: estimate(device, choice, problem) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, MOST_CANDIDATES)
    .map(({ choice }) => choice);
}

/** Elements from the first to the last that a result touches. */
function extentOf(out: Placement, { m, n, inner, batchDims, batches }: GemmSketch["problem"]) {
  const along = ({ step, outer = 0 }: Stride, count: number, wide = count) =>
    (Math.min(count, wide) - 1) * step + (Math.ceil(count / wide) - 1) * outer;
  const dims = batchDims ?? [1, 1, 1, batches];
  const jumps = dims.reduce((sum, size, i) => sum + (size - 1) * (out.batch[i] ?? 0), 0);
  return 1 + along(out.row, m, inner?.m) + along(out.column, n, inner?.n) + jumps;
}

async function measureConv(device: Device, sketch: ConvSketch): Promise<TuningRow | null> {
  const { key, pass, shape, candidates } = sketch;
  const shapes = { x: inputShape(shape), weight: weightShape(shape), dy: outputShape(shape) };
  const [x, weight, dy] = persistently(() =>
    [shapes.x, shapes.weight, shapes.dy].map((dims) => fill(dims, 0.5)),
  ) as [NDArray, NDArray, NDArray];
  const run = () => {
    if (pass === "forward") return conv2dForward(x, weight, shape);
    if (pass === "input") return conv2dInputGradient(dy, weight, shape);
    return conv2dWeightGradient(x, dy, shape);
  };
  try {
    for (const variant of candidates) trying(device, key, variant, () => discard(run));
    if (nextPending(device, "matmul")) return null;
    const times = await race(device, key, candidates, run);
    return rowOf(`conv2d ${pass}`, convText(shape), times);
  } finally {
    for (const array of [x, weight, dy]) array.release();
  }
}

type Times = Map<string, number>;

/** Times the candidates in turn, several rounds, and keeps the best time of each. */
async function race(
  device: Device,
  key: string,
  candidates: readonly string[],
  run: () => NDArray,
): Promise<Times> {
  const times: Times = new Map();
  for (const variant of candidates) {
    await time(device, key, variant, run, 1); // compiles
    times.set(variant, await time(device, key, variant, run, 1));
  }
  const best = Math.min(...times.values());
  const close = candidates.filter((variant) => times.get(variant)! <= HOPELESS * best);
  const count = Math.min(MOST_REPEATS, Math.ceil(LONG_ENOUGH / Math.max(0.01, best)));
  const rounds = best > SLOW ? 1 : ROUNDS;
  for (let round = 0; round < rounds && close.length > 1; round++) {
    for (const variant of close) {
      const milliseconds = await time(device, key, variant, run, count);
      times.set(variant, round === 0 ? milliseconds : Math.min(times.get(variant)!, milliseconds));
    }
  }
  return times;
}

/** Milliseconds one run takes, from a number of them. */
async function time(
  device: Device,
  key: string,
  variant: string,
  run: () => NDArray,
  count: number,
): Promise<number> {
  await device.synchronize();
  const start = performance.now();
  for (let i = 0; i < count; i++) trying(device, key, variant, () => discard(run));
  await device.synchronize();
  return (performance.now() - start) / count;
}

function discard(run: () => NDArray): void {
  scope(run, () => []);
}

function rowOf(operation: string, shape: string, times: Times): TuningRow {
  const candidates = [...times]
    .map(([variant, milliseconds]) => ({ variant, milliseconds }))
    .sort((a, b) => a.milliseconds - b.milliseconds);
  return { operation, shape, ...candidates[0]!, candidates };
}
