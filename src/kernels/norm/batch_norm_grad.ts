import channelSource from "../../../shaders/norm/batch_norm_channel_grad.wgsl";
import gradSource from "../../../shaders/norm/batch_norm_grad.wgsl";
import sumsSource from "../../../shaders/norm/batch_norm_sums.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";
import type { ChannelStats } from "./batch_norm.ts";
import { CHANNEL_WORKGROUP, isByChannel, layoutOf, sizesOf } from "./layout.ts";

/** Gradients of bias and weight, [C]. */
type Sums = readonly [bias: NDArray, weight: NDArray];

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

/** All gradients of a normalisation by the batch's statistics. */
export function normalizeBatchGrad(
  dy: NDArray,
  x: NDArray,
  stats: ChannelStats,
  weight: NDArray | null,
): readonly [...Sums, x: NDArray] {
  if (isByChannel(x)) return normalizeChannelsGrad(dy, x, stats, weight);
  const sums = normalizeSums(dy, x, stats);
  return [...sums, normalizeGrad(dy, x, stats, weight, sums)];
}

/** The same in one launch. */
function normalizeChannelsGrad(
  dy: NDArray,
  x: NDArray,
  { mean, spread }: ChannelStats,
  weight: NDArray | null,
): readonly [...Sums, x: NDArray] {
  const { channels, inner, count } = sizesOf(x);
  const [d_bias, d_weight] = [allocate([channels]), allocate([channels])];
  const dx = allocate(x.shape, x.dtype);
  launch(
    specialize(channelSource, {
      T: x.dtype,
      WEIGHT: weight !== null,
      WORKGROUP: CHANNEL_WORKGROUP,
      LANES: CHANNEL_WORKGROUP,
    }),
    { dy, x, mean, spread, weight: weight ?? mean, dx, d_weight, d_bias },
    { channels, inner, count, shares: 1, share: count },
    linearGrid(channels, 1),
  );
  return [d_bias, d_weight, dx];
}
