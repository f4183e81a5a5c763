import forwardSource from "../../../shaders/conv2d/depthwise_forward.wgsl";
import inputGradientSource from "../../../shaders/conv2d/depthwise_input_gradient.wgsl";
import weightGradientSource from "../../../shaders/conv2d/depthwise_weight_gradient.wgsl";
import { sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import type { ConvVariant } from "../conv2d/conv_variant.ts";
import {
  type ConvShape,
  inputShape,
  isDepthwise,
  macsOf,
  outputShape,
  sizeParams,
  weightShape,
} from "../conv2d/shape.ts";
import type { Epilogue } from "../epilogue.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";

function params(shape: ConvShape) {
  return {
    ...sizeParams(shape),
    out_channels: shape.outChannels,
    multiplier: shape.outChannels / shape.groups,
    batch: shape.batch,
  };
}

/** x [N, C, H, W] with weight [O, 1, KH, KW], bias and activation applied in the same launch. */
function forward(x: NDArray, weight: NDArray, shape: ConvShape, epilogue: Epilogue): NDArray {
  const { bias = null, activation = "none" } = epilogue;
  const area = shape.outHeight * shape.outWidth;
  const WORKGROUP = area > 64 ? 32 : 8;
  const tiles = Math.ceil(area / (4 * WORKGROUP));
  const out = allocate(outputShape(shape), x.dtype);
  launch(
    specialize(forwardSource, {
      T: x.dtype,
      WORKGROUP,
      BIAS: bias !== null,
      RELU: activation === "relu",
    }),
    { x, weight, bias: bias ?? x, out },
    { ...params(shape), tiles },
    linearGrid(shape.batch * shape.outChannels * tiles, 1),
  );
  return out;
}

function inputGradient(dy: NDArray, weight: NDArray, shape: ConvShape): NDArray {
  const dx = allocate(inputShape(shape), dy.dtype);
  launch(
    specialize(inputGradientSource, { T: dy.dtype }),
    { dy, weight, dx },
    params(shape),
    linearGrid(dx.size),
  );
  return dx;
}

/** Enough threads to fill a GPU; more only add partial sums. */
const ENOUGH_THREADS = 16384;

function weightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const target = weightShape(shape);
  const [kernelHeight, kernelWidth] = shape.window.kernel;
  const LANES = shape.outHeight * shape.outWidth > 64 ? 32 : 8;
  const quads = Math.ceil(kernelWidth / 4);
  const rows = shape.outChannels * kernelHeight * quads;
  const shares = Math.max(1, Math.min(shape.batch, Math.ceil(ENOUGH_THREADS / (rows * LANES))));
  const parts = allocate([shares * LANES, ...target], "f32");
  launch(
    specialize(weightGradientSource, { T: x.dtype, LANES }),
    { x, dy, parts },
    { ...params(shape), shares, quads },
    linearGrid(rows * shares, 1),
  );
  const inner = sizeOf(target);
  return sumMiddle(parts, { outer: 1, count: shares * LANES, inner }, target, { dtype: x.dtype });
}

/** Each output channel from one input channel, straight from the image, a thread for a few pixels. */
export const pixels: ConvVariant = {
  name: "pixels",
  sources: [forwardSource, inputGradientSource, weightGradientSource],
  covers: ({ shape }, { cheapBarriers }) => !cheapBarriers && isDepthwise(shape),
  cost: ({ shape }) => macsOf(shape),
  forward,
  inputGradient,
  weightGradient,
};
