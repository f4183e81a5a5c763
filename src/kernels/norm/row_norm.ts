import source from "../../../shaders/norm/row_norm.wgsl";
import gradSource from "../../../shaders/norm/row_norm_grad.wgsl";
import sumsSource from "../../../shaders/norm/row_norm_sums.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";
import { layoutOf } from "./layout.ts";

/** How x is cut into rows that are normalised each by itself: seen as [samples, channels, inner], a weight for each channel. */
export interface RowLayout {
  readonly samples: number;
  readonly channels: number;
  readonly inner: number;
  /** The rows of a sample, neighbouring channels each; or the channels of each place of the inner dimension by themselves. */
  readonly groups: number | "places";
}

export interface RowNorm {
  readonly layout: RowLayout;
  readonly eps: number;
  /** Whether the mean is taken away; else only the root mean square is made 1. */
  readonly isCentered: boolean;
}

/** (x − mean) / √(variance + eps) · weight + bias of each row, and its statistics for the gradients. */
export function rowNorm(
  x: NDArray,
  { layout, eps, isCentered }: RowNorm,
  weight: NDArray | null,
  bias: NDArray | null,
): { out: NDArray; stats: NDArray } {
  const { constants, params, groups } = rowsOf(x, layout);
  const stats = allocate([2 * params.rows]);
  const out = allocate(x.shape, x.dtype);
  const other = weight ?? bias ?? allocate([1]);
  launch(
    specialize(source, {
      ...constants,
      CENTER: isCentered,
      WEIGHT: weight !== null,
      BIAS: bias !== null,
    }),
    { x, weight: weight ?? other, bias: bias ?? other, stats, out },
    { ...params, eps },
    groups,
  );
  return { out, stats };
}

/** The gradient of rowNorm with respect to x. */
export function rowNormGrad(
  dy: NDArray,
  x: NDArray,
  stats: NDArray,
  { layout, isCentered }: RowNorm,
  weight: NDArray | null,
): NDArray {
  const { constants, params, groups } = rowsOf(x, layout);
  const dx = allocate(x.shape, x.dtype);
  launch(
    specialize(gradSource, { ...constants, CENTER: isCentered, WEIGHT: weight !== null }),
    { dy, x, stats, weight: weight ?? stats, dx },
    params,
    groups,
  );
  return dx;
}

/** The gradients of bias and weight, [channels]. */
export function rowNormSums(
  dy: NDArray,
  x: NDArray,
  stats: NDArray,
  { layout }: RowNorm,
): [bias: NDArray, weight: NDArray] {
  const { samples, channels, inner } = layout;
  const { shares, share, lanes, count, groups } = layoutOf(
    x.share([samples, channels, inner]),
    "sums",
  );
  const parts_dy = allocate([shares, channels]);
  const parts_dx = allocate([shares, channels]);
  const { isStrided, rows, rowsOfSample } = sizesOf(layout);
  launch(
    specialize(sumsSource, { T: x.dtype, LANES: lanes, STRIDED: isStrided }),
    { dy, x, stats, parts_dy, parts_dx },
    {
      ...{ channels, inner, count, shares, share },
      ...{ rows, rows_of_sample: rowsOfSample, per_group: channels / rowsOfSample },
    },
    groups,
  );
  const total = (parts: NDArray) =>
    sumMiddle(parts, { outer: 1, count: shares, inner: channels }, [channels]);
  return [total(parts_dy), total(parts_dx)];
}

function sizesOf({ samples, channels, inner, groups }: RowLayout) {
  const isStrided = groups === "places";
  const rowsOfSample = isStrided ? inner : groups;
  const length = isStrided ? channels : (channels / groups) * inner;
  return { isStrided, rowsOfSample, rows: samples * rowsOfSample, length };
}

function rowsOf(x: NDArray, layout: RowLayout) {
  const { isStrided, rowsOfSample, rows, length } = sizesOf(layout);
  const { channels, inner } = layout;
  const { cheapBarriers } = x.storage.device.profile;
  const lanes = isStrided && rows >= MANY_ROWS ? 1 : lanesFor(length, cheapBarriers);
  const workgroup = Math.max(lanes, 64);
  return {
    constants: {
      T: x.dtype,
      WORKGROUP: workgroup,
      LANES: lanes,
      STRIDED: isStrided,
      GROUPED: !isStrided && (inner > 1 || rowsOfSample > 1),
    },
    params: { rows, length, inner, groups: rowsOfSample, per_group: channels / rowsOfSample },
    groups: linearGrid(rows, workgroup / lanes),
  };
}

/** So many rows keep all threads busy that have one each; where they lie side by side, neighbours read neighbouring values. */
const MANY_ROWS = 8192;

/** How many threads share a row. */
function lanesFor(length: number, cheapBarriers: boolean): 1 | 16 | 64 | 256 {
  if (length < 16) return 1;
  if (length < 256) return 16;
  return length < 4096 || !cheapBarriers ? 64 : 256;
}
