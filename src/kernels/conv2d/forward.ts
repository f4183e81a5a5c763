import forwardSource from "../../../shaders/conv2d_forward.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import type { Activation } from "../matmul.ts";
import { chooseTile, tileCounts } from "../tuning.ts";
import { type ConvShape, checkDtypes, groupParams, outputShape, sizeParams } from "./shape.ts";

export interface ForwardOptions {
  /** [outChannels]. */
  bias?: NDArray | null;
  activation?: Activation;
}

/** x [N, C, H, W] convolved with weight [O, C/groups, KH, KW], bias and activation applied in the same launch. */
export function conv2dForward(
  x: NDArray,
  weight: NDArray,
  shape: ConvShape,
  options: ForwardOptions = {},
): NDArray {
  const { bias = null, activation = "none" } = options;
  checkDtypes(x, weight, bias ?? x);
  const rows = shape.outChannels / shape.groups;
  const pixels = shape.batch * shape.outHeight * shape.outWidth;
  const tile = chooseTile(rows, pixels);
  const [tilesRows, tilesPixels] = tileCounts(tile, rows, pixels);
  const out = allocate(outputShape(shape), x.dtype);
  launch(
    specialize(forwardSource, {
      T: x.dtype,
      ...tile,
      BIAS: bias !== null,
      RELU: activation === "relu",
    }),
    { x, weight, bias: bias ?? x, out },
    {
      ...sizeParams(shape),
      ...groupParams(shape),
      pixels,
      tiles_rows: tilesRows,
      tiles_pixels: tilesPixels,
    },
    linearGrid(tilesRows * tilesPixels * shape.groups, 1),
  );
  return out;
}
