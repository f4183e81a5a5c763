import depthwiseSource from "../../../shaders/conv2d_depthwise_weight_gradient.wgsl";
import weightGradientSource from "../../../shaders/conv2d_weight_gradient.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray, sizeOf } from "../array.ts";
import { sumMiddle } from "../sum_partials.ts";
import { chooseSplits, chooseTile, tileCounts } from "../tuning.ts";
import { type ConvShape, groupParams, isDepthwise, sizeParams, weightShape } from "./shape.ts";

/** Gradient with respect to the weight: x [N, C, H, W] and dy [N, O, OH, OW] give [O, C/groups, KH, KW]. */
export function conv2dWeightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const parts = isDepthwise(shape) ? depthwiseParts(x, dy, shape) : directParts(x, dy, shape);
  const target = weightShape(shape);
  const inner = sizeOf(target);
  return sumMiddle(parts, { outer: 1, count: parts.size / inner, inner }, target, {
    dtype: x.dtype,
  });
}

function directParts(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const { groups } = shape;
  const rows = shape.outChannels / groups;
  const columns = sizeOf(weightShape(shape)) / shape.outChannels;
  const tile = chooseTile(rows, columns);
  const [tilesRows, tilesColumns] = tileCounts(tile, rows, columns);
  const lines = shape.batch * shape.outHeight;
  const threads = groups * tilesRows * tilesColumns * tile.LANES * tile.GROUP_ROWS;
  const slice = Math.ceil(lines / chooseSplits(threads, lines, Math.ceil(64 / shape.outWidth)));
  const splits = Math.ceil(lines / slice);
  const parts = allocate([splits, ...weightShape(shape)], "f32");
  launch(
    specialize(weightGradientSource, { T: x.dtype, ...tile }),
    { x, dy, parts },
    {
      ...sizeParams(shape),
      ...groupParams(shape),
      batch: shape.batch,
      tiles_rows: tilesRows,
      tiles_columns: tilesColumns,
      splits,
      slice,
    },
    linearGrid(tilesRows * tilesColumns * groups * splits, 1),
  );
  return parts;
}

function depthwiseParts(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const LANES = 32;
  const [kernelHeight, KW] = shape.window.kernel;
  const rows = shape.outChannels * kernelHeight;
  const shares = Math.min(shape.batch, chooseSplits(rows * LANES, shape.batch, 1));
  const parts = allocate([shares * LANES, ...weightShape(shape)], "f32");
  launch(
    specialize(depthwiseSource, { T: x.dtype, LANES, KW }),
    { x, dy, parts },
    {
      ...sizeParams(shape),
      multiplier: shape.outChannels / shape.groups,
      batch: shape.batch,
      shares,
      kernel_height: kernelHeight,
    },
    linearGrid(rows * shares, 1),
  );
  return parts;
}
