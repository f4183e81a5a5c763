import inputGradientSource from "../../../shaders/conv2d_input_gradient.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { chooseTile, tileCounts } from "../tuning.ts";
import { type ConvShape, groupParams, inputShape, sizeParams } from "./shape.ts";

/** Gradient with respect to the input: dy [N, O, OH, OW] and weight give [N, C, H, W]. */
export function conv2dInputGradient(dy: NDArray, weight: NDArray, shape: ConvShape): NDArray {
  const rows = shape.channels / shape.groups;
  const [strideY, strideX] = shape.window.stride;
  const phasePixels =
    shape.batch * Math.ceil(shape.height / strideY) * Math.ceil(shape.width / strideX);
  const tile = chooseTile(rows, phasePixels);
  const [tilesRows, tilesPixels] = tileCounts(tile, rows, phasePixels);
  const dx = allocate(inputShape(shape), dy.dtype);
  launch(
    specialize(inputGradientSource, { T: dy.dtype, ...tile }),
    { dy, weight, dx },
    {
      ...sizeParams(shape),
      ...groupParams(shape),
      batch: shape.batch,
      tiles_rows: tilesRows,
      tiles_pixels: tilesPixels,
    },
    linearGrid(tilesRows * tilesPixels * shape.groups * strideY * strideX, 1),
  );
  return dx;
}
