import source from "../../../shaders/norm/batch_norm.wgsl";
import finishSource from "../../../shaders/norm/batch_norm_finish.wgsl";
import gradSource from "../../../shaders/norm/batch_norm_grad.wgsl";
import statsSource from "../../../shaders/norm/batch_norm_stats.wgsl";
import sumsSource from "../../../shaders/norm/batch_norm_sums.wgsl";
import { sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";

/** Per channel: the mean, and 1 / √(variance + eps), or the variance itself when it is a running one. */
export interface ChannelStats {
  readonly mean: NDArray;
  readonly spread: NDArray;
  readonly isVariance: boolean;
  readonly eps: number;
}

export interface RunningStats {
  readonly mean: NDArray | null;
  readonly variance: NDArray | null;
  /** Asked at each launch and at each replay of a captured step. */
  readonly momentum: () => number;
}

/** Statistics of x [N, C, …] over all but C; updates the running ones in place. */
export function batchStats(x: NDArray, running: RunningStats, eps: number): ChannelStats {
  const { channels, inner, count, shares, share, lanes, groups } = layout(x);
  const parts = allocate([shares, channels, 3]);
  launch(
    specialize(statsSource, { T: x.dtype, LANES: lanes }),
    { x, parts },
    { channels, inner, count, shares, share },
    groups,
  );
  const mean = allocate([channels]);
  const spread = allocate([channels]);
  launch(
    specialize(finishSource, {
      RUNNING_MEAN: running.mean !== null,
      RUNNING_VAR: running.variance !== null,
    }),
    {
      parts,
      mean,
      spread,
      running_mean: running.mean ?? allocate([1]),
      running_var: running.variance ?? allocate([1]),
    },
    () => ({ channels, shares, eps, momentum: running.momentum() }),
    linearGrid(channels),
  );
  return { mean, spread, isVariance: false, eps };
}

/** (x − mean) · spread · weight + bias for x [N, C, …]. */
export function normalize(
  x: NDArray,
  { mean, spread, isVariance, eps }: ChannelStats,
  weight: NDArray | null,
  bias: NDArray | null,
): NDArray {
  const { channels, inner } = layout(x);
  const out = allocate(x.shape, x.dtype);
  const constants = { VARIANCE: isVariance, WEIGHT: weight !== null, BIAS: bias !== null };
  launch(
    specialize(source, { T: x.dtype, ...constants }),
    { x, mean, spread, weight: weight ?? mean, bias: bias ?? mean, out },
    { n: out.size, channels, inner, eps },
    linearGrid(out.size),
  );
  return out;
}

/** Σ dy and Σ dy · x̂ a channel: the gradients of bias and weight, [C]. */
export function normalizeSums(dy: NDArray, x: NDArray, stats: ChannelStats) {
  const { channels, inner, count, shares, share, lanes, groups } = layout(x);
  const { mean, spread, isVariance, eps } = stats;
  const parts_dy = allocate([shares, channels]);
  const parts_dx = allocate([shares, channels]);
  launch(
    specialize(sumsSource, { T: x.dtype, VARIANCE: isVariance, LANES: lanes }),
    { dy, x, mean, spread, parts_dy, parts_dx },
    { channels, inner, count, shares, share, eps },
    groups,
  );
  const total = (parts: NDArray) =>
    shares === 1
      ? parts.share([channels])
      : sumMiddle(parts, { outer: 1, count: shares, inner: channels }, [channels]);
  return [total(parts_dy), total(parts_dx)] as const;
}

/** The gradient of normalize with respect to x. `sums` (normalizeSums) is for batch statistics only. */
export function normalizeGrad(
  dy: NDArray,
  x: NDArray | null,
  { mean, spread, isVariance, eps }: ChannelStats,
  weight: NDArray | null,
  sums: readonly [NDArray, NDArray] | null,
): NDArray {
  const { channels, inner, count } = layout(dy);
  const dx = allocate(dy.shape, dy.dtype);
  const [sum_dy, sum_dx] = sums ?? [mean, mean];
  launch(
    specialize(gradSource, { T: dy.dtype, VARIANCE: isVariance, WEIGHT: weight !== null }),
    { dy, x: x ?? dy, mean, spread, weight: weight ?? mean, sum_dy, sum_dx, dx },
    { n: dx.size, channels, inner, per_channel: 1 / count, eps },
    linearGrid(dx.size),
  );
  return dx;
}

const WORKGROUP = 64;
/** Values a thread should at least have, and at most, so that its sums keep their digits. */
const LEAST = 16;
const MOST = 4096;
/** Workgroups that keep a large GPU busy. */
const ENOUGH = 1024;
/** More shares would take one thread too long to merge. */
const MOST_SHARES = 64;

/**
 * x [N, C, …] as [batch, channels, inner], and how a channel's values are shared out: between workgroups, or, where
 * rows are so short that the threads of one would read far apart, between threads side by side along the channels, where there are some.
 */
function layout(x: NDArray) {
  const channels = x.shape[1]!;
  const inner = sizeOf(x.shape.slice(2));
  const count = x.shape[0]! * inner;
  const lanes = inner < 16 && channels >= 16 ? 1 : WORKGROUP;
  const enough = Math.ceil((ENOUGH * WORKGROUP) / lanes / channels);
  const wanted = Math.min(Math.ceil(count / (LEAST * lanes)), enough, MOST_SHARES);
  const share = Math.ceil(count / Math.max(wanted, Math.ceil(count / (MOST * lanes))));
  const shares = Math.ceil(count / share);
  const groups = linearGrid(shares * channels, WORKGROUP / lanes);
  return { channels, inner, count, shares, share, lanes, groups };
}
