import channelSumSource from "../../../shaders/conv2d/channel_sum.wgsl";
import sumSource from "../../../shaders/reduce/sum_partials.wgsl";
import type { Shape } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type DType, type NDArray } from "../array.ts";

/** An array seen as [outer, count, inner]. */
export interface Slices {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

export interface SumOptions {
  /** Added after summing: element i of the result gets bias[floor(i / step) mod channels]. */
  bias?: NDArray | null;
  channels?: number;
  step?: number;
  activation?: "none" | "relu";
  /** Of the result. Sums are always f32. Default: that of the parts. */
  dtype?: DType;
}

/** Above this many values a sum is shared by several threads when there are few outputs. */
const LONG_SUM = 128;
const ENOUGH_OUTPUTS = 4096;

/** Σ over the middle dimension of [outer, count, inner], in a fixed order; the result has the given shape. */
export function sumMiddle(
  parts: NDArray,
  slices: Slices,
  shape: Shape,
  options: SumOptions = {},
): NDArray {
  const { outer, count, inner } = slices;
  if (count <= LONG_SUM || outer * inner >= ENOUGH_OUTPUTS)
    return sumOnce(parts, slices, 1, shape, options);
  const shares = Math.ceil(Math.sqrt(count));
  const first = sumOnce(parts, slices, shares, [outer, shares, inner], { dtype: "f32" });
  return sumOnce(first, { outer, count: shares, inner }, 1, shape, options);
}

/** Sums each of `shares` stretches of the middle dimension; the bias needs one share. */
function sumOnce(
  parts: NDArray,
  slices: Slices,
  shares: number,
  shape: Shape,
  options: SumOptions,
): NDArray {
  const { count, inner } = slices;
  const { bias = null, channels = 1, step = 1, activation = "none", dtype = parts.dtype } = options;
  const out = allocate(shape, dtype);
  launch(
    specialize(sumSource, {
      T: parts.dtype,
      TOUT: dtype,
      BIAS: bias !== null,
      RELU: activation === "relu",
    }),
    { parts, bias: bias ?? allocate([1]), out },
    { n: out.size, count, inner, channels, step, shares, share: Math.ceil(count / shares) },
    linearGrid(out.size),
  );
  return out;
}

/** Σ over samples and positions of x [batch, channels, ...]: the gradient of a bias, as f32 [channels]. */
export function channelSum(x: NDArray): NDArray {
  const [batch, channels] = [x.shape[0]!, x.shape[1]!];
  const inner = x.size / (batch * channels);
  if (inner === 1)
    return sumMiddle(x, { outer: 1, count: batch, inner: channels }, [channels], { dtype: "f32" });
  const { cheapBarriers } = x.storage.device.profile;
  const inFours = inner % 4 === 0;
  const width = inFours ? inner / 4 : inner;
  const threads = cheapBarriers ? 256 : width >= 32 ? 32 : 4;
  const shares = cheapBarriers ? 1 : Math.min(batch, 16);
  const count = cheapBarriers ? 1 : shares * threads;
  const out = allocate([count, channels], "f32");
  launch(
    specialize(channelSumSource, {
      T: inFours ? `vec4<${x.dtype}>` : x.dtype,
      FOURS: inFours,
      TOGETHER: cheapBarriers,
      WORKGROUP: threads,
    }),
    { x, out },
    { batch, channels, inner: width, shares },
    linearGrid(channels * shares, 1),
  );
  if (count === 1) return out.share([channels]);
  return sumMiddle(out, { outer: 1, count, inner: channels }, [channels]);
}
