import source from "../../../shaders/conv2d/depthwise_quads.wgsl";
import weightSource from "../../../shaders/conv2d/depthwise_quads_weight.wgsl";
import { sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { type Epilogue, type Finish, finishing } from "../epilogue.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";
import { planeOf, planeParams } from "../window_params.ts";
import type { ConvVariant } from "./conv_variant.ts";
import {
  type ConvShape,
  inputShape,
  isDepthwise,
  macsOf,
  outputShape,
  weightShape,
} from "./shape.ts";

/** Rows of four pixels that a thread has. */
const ROWS = 4;
/** Threads of a workgroup, and as many taps at most. */
const WORKGROUP = 64;
/** Workgroups that keep a GPU busy. */
const ENOUGH_WORKGROUPS = 1024;

function constants({ window: { kernel, stride, dilation, pads } }: ConvShape) {
  return {
    ROWS,
    WORKGROUP,
    KERNEL_H: kernel[0],
    KERNEL_W: kernel[1],
    STRIDE_H: stride[0],
    STRIDE_W: stride[1],
    DILATION_H: dilation[0],
    DILATION_W: dilation[1],
    PAD_H: pads[0],
    PAD_W: pads[2],
  };
}

/** Pieces of a plane that are one thread's. */
const piecesOf = (height: number, width: number) => Math.ceil(height / ROWS) * Math.ceil(width / 4);

function run(
  x: NDArray,
  weight: NDArray,
  out: NDArray,
  shape: ConvShape,
  finish: Epilogue & Finish,
  inputGradient: boolean,
): NDArray {
  const { batch, channels } = shape;
  const [height, width] = planeOf(out.shape);
  const { constants: finishes, tensors } = finishing(finish, x.dtype);
  launch(
    specialize(source, {
      ...constants(shape),
      T: x.dtype,
      INPUT_GRADIENT: inputGradient,
      ...finishes,
    }),
    { x, weight, out, ...tensors },
    { ...planeParams(planeOf(x.shape), [height, width]), channels, batch },
    linearGrid(batch * channels * piecesOf(height, width), WORKGROUP),
  );
  return out;
}

function weightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const { batch, channels, outHeight, outWidth, window } = shape;
  const target = weightShape(shape);
  const items = batch * piecesOf(outHeight, outWidth);
  const wanted = Math.min(ENOUGH_WORKGROUPS / channels, items / WORKGROUP);
  const shares = Math.max(1, Math.floor(wanted));
  const direct = shares === 1;
  const parts = direct ? allocate(target, x.dtype) : allocate([shares, ...target], "f32");
  launch(
    specialize(weightSource, {
      ...constants(shape),
      T: x.dtype,
      TOUT: parts.dtype,
      TAPS: window.kernel[0] * window.kernel[1],
    }),
    { x, dy, parts },
    { ...planeParams(planeOf(x.shape), planeOf(dy.shape)), channels, batch, shares },
    linearGrid(channels * shares, 1),
  );
  if (direct) return parts;
  const inner = sizeOf(target);
  return sumMiddle(parts, { outer: 1, count: shares, inner }, target, { dtype: x.dtype });
}

/** Each channel for itself, straight from the image, on GPUs. */
export const depthwise: ConvVariant = {
  name: "depthwise",
  sources: [source, weightSource],
  covers({ shape }, { cheapBarriers }) {
    const { kernel, stride } = shape.window;
    const single = isDepthwise(shape) && shape.channels === shape.outChannels;
    const divides = stride.every((step) => ROWS % step === 0);
    return cheapBarriers && single && divides && kernel[0] * kernel[1] <= WORKGROUP;
  },
  cost: ({ shape }) => macsOf(shape),
  forward: (x, weight, shape, epilogue) =>
    run(x, weight, allocate(outputShape(shape), x.dtype), shape, epilogue, false),
  inputGradient(dy, weight, shape, finish) {
    const own = finish();
    return run(dy, weight, own.onto ?? allocate(inputShape(shape), dy.dtype), shape, own, true);
  },
  weightGradient,
};
