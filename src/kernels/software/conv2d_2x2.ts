/** 3 × 3 convolutions of maps of 2 × 2 pixels, the last ones of a VGG at 32 × 32: no tap that lies outside is multiplied. */
import source from "../../../shaders/conv2d/conv_2x2.wgsl";
import type { DeviceProfile } from "../../gpu/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import type { Convolution, ConvVariant } from "../conv2d/conv_variant.ts";
import { type ConvShape, outputShape } from "../conv2d/shape.ts";
import type { Epilogue } from "../epilogue.ts";
import { columnProduct } from "./conv2d_columns.ts";
import { COST, hasQuads, idleShare, simdWidth } from "./simd.ts";

/** Output channels and images of a workgroup. */
const WORKGROUP = 16;
const IMAGES = 8;

/** What a step over four channels takes: 17 loads, 512 multiply-adds, four of which share a sum's way, 24 exchanges. */
const STEP = 17 * COST.loadOfFour + 256 + 24 * COST.broadcast + COST.loop;

function isSmallMap({ channels, height, width, groups, window }: ConvShape): boolean {
  const { kernel, stride, dilation, pads } = window;
  const all = (values: readonly number[], n: number) => values.every((value) => value === n);
  const ones = all([...stride, ...dilation, ...pads, groups], 1);
  return ones && all([height, width], 2) && all(kernel, 3) && channels % 4 === 0;
}

const tilesOf = ({ outChannels }: ConvShape) => Math.ceil(outChannels / WORKGROUP);
const workgroupsOf = (shape: ConvShape) => tilesOf(shape) * Math.ceil(shape.batch / IMAGES);

function cost({ shape }: Convolution, profile: DeviceProfile): number {
  const width = simdWidth(profile);
  const steps = (WORKGROUP / width) * (shape.channels / 4) * STEP;
  const workgroups = workgroupsOf(shape);
  return width * workgroups * (steps + COST.group) * idleShare(workgroups, profile);
}

function forward(x: NDArray, weight: NDArray, shape: ConvShape, epilogue: Epilogue): NDArray {
  const { bias = null, activation = "none" } = epilogue;
  const { batch, channels, outChannels } = shape;
  const out = allocate(outputShape(shape), x.dtype);
  launch(
    specialize(source, {
      T: x.dtype,
      WORKGROUP,
      BIAS: bias !== null,
      RELU: activation === "relu",
    }),
    { x, weight, bias: bias ?? x, out },
    { batch, fours: channels / 4, out_channels: outChannels, tiles: tilesOf(shape) },
    linearGrid(workgroupsOf(shape), 1),
  );
  return out;
}

/** Of a convolution's passes only this one: the gradients are the product's over columns. */
export const smallMaps: ConvVariant = {
  ...columnProduct,
  name: "2×2",
  sources: [source],
  covers: ({ pass, shape }, profile) =>
    pass === "forward" && hasQuads(profile) && isSmallMap(shape),
  cost,
  forward,
};
