import source from "../../../shaders/norm/batch_norm.wgsl";
import channelSource from "../../../shaders/norm/batch_norm_channel.wgsl";
import finishSource from "../../../shaders/norm/batch_norm_finish.wgsl";
import statsSource from "../../../shaders/norm/batch_norm_stats.wgsl";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { CHANNEL_WORKGROUP, isByChannel, layoutOf, sizesOf } from "./layout.ts";

/** Per channel: the mean, and the variance; of a batch one array [mean | 1 / √(variance + eps)] that is both. */
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

/** What is done to what is normalised, in this order. */
export interface AfterNorm {
  /** Multiplied, [C]. */
  readonly weight: NDArray | null;
  /** Added, [C]. */
  readonly bias: NDArray | null;
  /** Added, of x's shape. */
  readonly residual: NDArray | null;
  readonly activation: "none" | "relu" | "relu6";
  /** In place of that: a function of shaders/lib/activation_functions.wgsl without a parameter, by name. */
  readonly smooth: string | null;
}

/** Normalises x [N, C, …] by its own statistics over all but C; updates the running ones in place. */
export function normalizeBatch(x: NDArray, running: RunningStats, eps: number, after: AfterNorm) {
  const { channels } = sizesOf(x);
  const stats = allocate([2 * channels]);
  const found: ChannelStats = { mean: stats, spread: stats, isVariance: false, eps };
  if (isByChannel(x))
    return { stats: found, out: normalizeChannels(x, stats, running, eps, after) };
  batchStats(x, stats, running, eps);
  return { stats: found, out: normalize(x, found, after) };
}

/** Statistics and result in one launch. */
function normalizeChannels(
  x: NDArray,
  stats: NDArray,
  running: RunningStats,
  eps: number,
  after: AfterNorm,
): NDArray {
  const { channels, inner, count } = sizesOf(x);
  const { tensors, constants } = boundAfter(after, allocate([1]));
  const moved = boundRunning(running);
  const out = allocate(x.shape, x.dtype);
  const size = { channels, inner, count, shares: 1, share: count };
  launch(
    specialize(channelSource, {
      T: x.dtype,
      WORKGROUP: CHANNEL_WORKGROUP,
      LANES: CHANNEL_WORKGROUP,
      ...constants,
      ...moved.constants,
    }),
    { x, stats, ...tensors, ...moved.tensors, out },
    () => ({ ...size, eps, momentum: running.momentum() }),
    linearGrid(channels, 1),
  );
  return out;
}

function batchStats(x: NDArray, stats: NDArray, running: RunningStats, eps: number): void {
  const { channels, inner, count, shares, share, lanes, groups } = layoutOf(x, "moments");
  const parts = allocate([shares, channels, 3]);
  launch(
    specialize(statsSource, { T: x.dtype, LANES: lanes }),
    { x, parts },
    { channels, inner, count, shares, share },
    groups,
  );
  const moved = boundRunning(running);
  launch(
    specialize(finishSource, moved.constants),
    { parts, stats, ...moved.tensors },
    () => ({ channels, shares, eps, momentum: running.momentum() }),
    linearGrid(channels),
  );
}

/** (x − mean) · spread for x [N, C, …], and what comes after. */
export function normalize(
  x: NDArray,
  { mean, spread, isVariance, eps }: ChannelStats,
  after: AfterNorm,
): NDArray {
  const { channels, inner } = sizesOf(x);
  const { tensors, constants } = boundAfter(after, mean);
  const out = allocate(x.shape, x.dtype);
  launch(
    specialize(source, { T: x.dtype, VARIANCE: isVariance, ...constants }),
    { x, mean, spread, ...tensors, out },
    { n: out.size, channels, inner, eps },
    linearGrid(out.size),
  );
  return out;
}

/** As kernels bind it. @param other stands for what there is none of. */
function boundAfter({ weight, bias, residual, activation, smooth }: AfterNorm, other: NDArray) {
  return {
    tensors: { weight: weight ?? other, bias: bias ?? other, residual: residual ?? other },
    constants: {
      WEIGHT: weight !== null,
      BIAS: bias !== null,
      RESIDUAL: residual !== null,
      RELU: activation !== "none",
      CEILING: activation === "relu6",
      ...(smooth !== null && { SMOOTH: true, FUNCTION: constantName(smooth) }),
    },
  };
}

function boundRunning({ mean, variance }: RunningStats) {
  return {
    tensors: { running_mean: mean ?? allocate([1]), running_var: variance ?? allocate([1]) },
    constants: { RUNNING_MEAN: mean !== null, RUNNING_VAR: variance !== null },
  };
}
