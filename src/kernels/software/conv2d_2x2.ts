/** 3 × 3 convolutions of maps of 2 × 2 pixels, the last ones of a VGG at 32 × 32: no tap that lies outside is multiplied. */
import forwardSource from "../../../shaders/conv2d/conv_2x2_forward.wgsl";
import weightGradientSource from "../../../shaders/conv2d/conv_2x2_weight_gradient.wgsl";
import type { DeviceProfile } from "../../gpu/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import type { Convolution, ConvPass, ConvVariant } from "../conv2d/conv_variant.ts";
import { type ConvShape, outputShape, weightShape } from "../conv2d/shape.ts";
import type { Epilogue } from "../epilogue.ts";
import { columnProduct } from "./conv2d_columns.ts";
import { COST, hasQuads, idleShare, simdWidth } from "./simd.ts";

const WORKGROUP = 16;

/** What a thread does in turn: `step` is for four input channels and eight images, or for one image and 4 × 4 channels. */
interface Work {
  /** Workgroups side by side, and how many such rows of them. */
  readonly tiles: number;
  readonly rows: number;
  readonly steps: number;
  readonly step: number;
}

function workOf(pass: ConvPass, { batch, channels, outChannels }: ConvShape): Work {
  const fours = channels / 4;
  if (pass === "forward") {
    // 512 multiply-adds, four of which share a sum's way.
    const step = 17 * COST.loadOfFour + 256 + 24 * COST.broadcast + COST.loop;
    const tiles = Math.ceil(outChannels / WORKGROUP);
    return { tiles, rows: Math.ceil(batch / 8), steps: fours, step };
  }
  const step = 5 * COST.loadOfFour + 256 + 3 * COST.broadcast + COST.loop;
  const tiles = Math.ceil(fours / WORKGROUP);
  return { tiles, rows: Math.ceil(outChannels / 4), steps: batch, step };
}

function isSmallMap({ channels, height, width, groups, window }: ConvShape): boolean {
  const { kernel, stride, dilation, pads } = window;
  const all = (values: readonly number[], n: number) => values.every((value) => value === n);
  const ones = all([...stride, ...dilation, ...pads, groups], 1);
  return ones && all([height, width], 2) && all(kernel, 3) && channels % 4 === 0;
}

function cost({ pass, shape }: Convolution, profile: DeviceProfile): number {
  const { tiles, rows, steps, step } = workOf(pass, shape);
  const width = simdWidth(profile);
  const stores = pass === "weight" ? 36 * COST.store : 8 * COST.store;
  const work = (WORKGROUP / width) * (steps * step + stores) + COST.group;
  return width * tiles * rows * work * idleShare(tiles * rows, profile);
}

function params({ batch, channels, outChannels }: ConvShape, { tiles }: Work) {
  return { batch, fours: channels / 4, out_channels: outChannels, tiles };
}

function forward(x: NDArray, weight: NDArray, shape: ConvShape, epilogue: Epilogue): NDArray {
  const { bias = null, activation = "none" } = epilogue;
  const work = workOf("forward", shape);
  const out = allocate(outputShape(shape), x.dtype);
  const constants = { BIAS: bias !== null, RELU: activation === "relu" };
  launch(
    specialize(forwardSource, { T: x.dtype, WORKGROUP, ...constants }),
    { x, weight, bias: bias ?? x, out },
    params(shape, work),
    linearGrid(work.tiles * work.rows, 1),
  );
  return out;
}

function weightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const work = workOf("weight", shape);
  const dw = allocate(weightShape(shape), x.dtype);
  launch(
    specialize(weightGradientSource, { T: x.dtype, WORKGROUP }),
    { x, dy, dw },
    params(shape, work),
    linearGrid(work.tiles * work.rows, 1),
  );
  return dw;
}

/** Its input gradient isn't covered: there the product over columns gains less. */
export const smallMaps: ConvVariant = {
  ...columnProduct,
  name: "2×2",
  sources: [forwardSource, weightGradientSource],
  covers: ({ pass, shape }, profile) => pass !== "input" && hasQuads(profile) && isSmallMap(shape),
  cost,
  forward,
  weightGradient,
};
