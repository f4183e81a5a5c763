import beforeSource from "../../../shaders/norm/batch_norm_before.wgsl";
import channelSource from "../../../shaders/norm/batch_norm_channel_grad.wgsl";
import gradSource from "../../../shaders/norm/batch_norm_grad.wgsl";
import sumsSource from "../../../shaders/norm/batch_norm_sums.wgsl";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";
import type { AfterNorm, ChannelStats } from "./batch_norm.ts";
import { CHANNEL_WORKGROUP, isByChannel, layoutOf, sizesOf } from "./layout.ts";

/** Gradients of bias and weight, [C]. */
type Sums = readonly [bias: NDArray, weight: NDArray];

/** What a result was multiplied by and what was added before its smooth function. */
type Smoothed = Pick<AfterNorm, "weight" | "bias" | "smooth">;

/** The gradient before the smooth function that followed: x is normalised once more, so that this needn't be kept. */
export function beforeSmooth(
  dy: NDArray,
  x: NDArray,
  { mean, spread, isVariance, eps }: ChannelStats,
  after: Smoothed,
): NDArray {
  const { channels, inner } = sizesOf(x);
  const { tensors, constants } = boundSmoothed(after, mean);
  const out = allocate(x.shape, x.dtype);
  launch(
    specialize(beforeSource, { T: x.dtype, VARIANCE: isVariance, ...constants }),
    { dy, x, mean, ...tensors, spread, out },
    { n: out.size, channels, inner, eps },
    linearGrid(out.size),
  );
  return out;
}

/** As kernels bind it. @param other stands for what there is none of. */
function boundSmoothed({ weight, bias, smooth }: Smoothed, other: NDArray) {
  return {
    tensors: { weight: weight ?? other, bias: bias ?? other },
    constants: {
      WEIGHT: weight !== null,
      BIAS: bias !== null,
      ...(smooth !== null && { SMOOTH: true, DERIVATIVE: constantName(`${smooth}FromInput`) }),
    },
  };
}

/** Σ dy and Σ dy · x̂ a channel. */
export function normalizeSums(dy: NDArray, x: NDArray, stats: ChannelStats): Sums {
  const { channels, inner, count, shares, share, lanes, groups } = layoutOf(x, "sums");
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
  return [total(parts_dy), total(parts_dx)];
}

/** The gradient of normalize with respect to x. `sums` (normalizeSums) is for batch statistics only. */
export function normalizeGrad(
  dy: NDArray,
  x: NDArray | null,
  { mean, spread, isVariance, eps }: ChannelStats,
  weight: NDArray | null,
  sums: Sums | null,
): NDArray {
  const { channels, inner, count } = sizesOf(dy);
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

/** All gradients of a normalisation by the batch's statistics, and of the smooth function that followed. */
export function normalizeBatchGrad(
  dy: NDArray,
  x: NDArray,
  stats: ChannelStats,
  after: Smoothed,
): readonly [...Sums, x: NDArray] {
  if (isByChannel(x)) return normalizeChannelsGrad(dy, x, stats, after);
  const before = after.smooth === null ? dy : beforeSmooth(dy, x, stats, after);
  const sums = normalizeSums(before, x, stats);
  return [...sums, normalizeGrad(before, x, stats, after.weight, sums)];
}

/** The same in one launch. */
function normalizeChannelsGrad(
  dy: NDArray,
  x: NDArray,
  { mean }: ChannelStats,
  after: Smoothed,
): readonly [...Sums, x: NDArray] {
  const { channels, inner, count } = sizesOf(x);
  const { tensors, constants } = boundSmoothed(after, mean);
  const [d_bias, d_weight] = [allocate([channels]), allocate([channels])];
  const dx = allocate(x.shape, x.dtype);
  launch(
    specialize(channelSource, {
      T: x.dtype,
      WORKGROUP: CHANNEL_WORKGROUP,
      LANES: CHANNEL_WORKGROUP,
      ...constants,
    }),
    { dy, x, mean, ...tensors, dx, d_weight, d_bias },
    { channels, inner, count, shares: 1, share: count },
    linearGrid(channels, 1),
  );
  return [d_bias, d_weight, dx];
}
