import source from "../../../../shaders/conv2d/implicit_product.wgsl";
import { type HW, type Shape, sizeOf, type Window } from "../../../base/index.ts";
import { type DeviceProfile, launch, linearGrid, specialize } from "../../../gpu/index.ts";
import { allocate, type NDArray } from "../../array.ts";
import { type Epilogue, type Finish, finishing } from "../../epilogue.ts";
import { sumMiddle } from "../../reduce/sum_partials.ts";
import { windowParams } from "../../window_params.ts";
import { type ConvShape, inputShape, outputShape } from "../shape.ts";

export { source as implicitProductSource };

/** Rows and columns of a workgroup's block of results. */
const BLOCK = 64;
/** Steps of K that are worth a slice of their own. */
const LONG_SLICE = 128;

/** x [N, C, H, W] convolved with weight [O, C/groups, KH, KW], bias and activation applied in the same launch. */
export function forward(
  x: NDArray,
  weight: NDArray,
  shape: ConvShape,
  epilogue: Epilogue,
): NDArray {
  const { channels, height, width, outChannels, outHeight, outWidth, window } = shape;
  return run(x, weight, outputShape(shape), shape, () => epilogue, {
    channels,
    size: [height, width],
    outChannels,
    outSize: [outHeight, outWidth],
    phases: 1,
    phaseSize: [outHeight, outWidth],
    tapStep: [1, 1],
    tapDelta: window.dilation,
    inputGradient: false,
  });
}

/** Gradient with respect to the input: dy [N, O, OH, OW] and weight give [N, C, H, W]. */
export function inputGradient(
  dy: NDArray,
  weight: NDArray,
  shape: ConvShape,
  finish: () => Finish,
): NDArray {
  const { channels, height, width, outChannels, outHeight, outWidth, window } = shape;
  const { stride, dilation } = window;
  const shared = stride.map((s, axis) => greatestDivisor(s, dilation[axis]!));
  return run(dy, weight, inputShape(shape), shape, finish, {
    channels: outChannels,
    size: [outHeight, outWidth],
    outChannels: channels,
    outSize: [height, width],
    phases: stride[0] * stride[1],
    phaseSize: [Math.ceil(height / stride[0]), Math.ceil(width / stride[1])],
    tapStep: stride.map((s, axis) => s / shared[axis]!),
    // Below zero: the further the tap, the earlier the pixel of dy. It wraps round.
    tapDelta: dilation.map((d, axis) => 2 ** 32 - d / shared[axis]!),
    inputGradient: true,
  });
}

/** A product as implicit_product.wgsl sees it: x and out are dy and dx where the gradient is computed. */
interface Product {
  readonly channels: number;
  readonly size: HW;
  readonly outChannels: number;
  readonly outSize: HW;
  readonly phases: number;
  /** Of the largest phase. */
  readonly phaseSize: readonly [number, number];
  readonly tapStep: readonly number[];
  readonly tapDelta: readonly number[];
  readonly inputGradient: boolean;
}

function run(
  x: NDArray,
  weight: NDArray,
  target: Shape,
  shape: ConvShape,
  finish: () => Epilogue & Finish,
  product: Product,
): NDArray {
  const { profile } = x.storage.device;
  const { batch, groups, window } = shape;
  const [k, m] = [product.channels / groups, product.outChannels / groups];
  const pixels = batch * product.phaseSize[0] * product.phaseSize[1];
  const tilesM = Math.ceil(m / BLOCK);
  const tilesN = Math.ceil(pixels / BLOCK);
  const workgroups = tilesM * tilesN * groups * product.phases;
  const KERNEL = writtenOut(window, k, product.phases);
  const slice = KERNEL > 0 ? sliceFor(profile, workgroups, k, KERNEL) : k;
  const splits = Math.ceil(k / slice);
  const direct = splits === 1;
  // Where slices are to be summed, a gradient isn't finished here: it isn't asked for.
  const own: Epilogue & Finish = direct || !product.inputGradient ? finish() : {};
  const out = direct
    ? (own.onto ?? allocate(target, x.dtype))
    : allocate([splits, ...target], "f32");
  const { constants, tensors } = finishing(direct ? own : {}, x.dtype);
  launch(
    specialize(source, {
      T: x.dtype,
      TOUT: out.dtype,
      W: KERNEL > 0 && !product.inputGradient ? `vec4<${x.dtype}>` : x.dtype,
      HALF: m <= BLOCK / 2,
      WRITTEN_OUT: profile.longKernels,
      KERNEL,
      DEPTH: KERNEL === 3 ? 3 : 4,
      PADDED: seesOutside(window, product),
      FEW: KERNEL === 0 && window.kernel[0] + window.kernel[1] <= 32,
      INPUT_GRADIENT: product.inputGradient,
      ...constants,
    }),
    { x, weight, out, ...tensors },
    {
      channels: k,
      out_channels: m,
      groups,
      batch,
      ...windowParams(window, product.size, product.outSize),
      tap_step: product.tapStep,
      tap_delta: product.tapDelta,
      tiles_m: tilesM,
      tiles_n: tilesN,
      splits,
      slice,
    },
    linearGrid(workgroups * splits, 1),
  );
  if (direct) return out;
  const [, channels, height, width] = target as [number, number, number, number];
  const slices = { outer: 1, count: splits, inner: sizeOf(target) };
  return sumMiddle(out, slices, target, { ...own, channels, step: height * width, dtype: x.dtype });
}

/** Channels of a slice: all of them, unless so few workgroups would be busy that more are worth a launch to sum up. */
function sliceFor(
  { busyWorkgroups }: DeviceProfile,
  workgroups: number,
  channels: number,
  kernel: number,
): number {
  if (workgroups > busyWorkgroups / 16) return channels;
  const round = kernel === 1 ? 16 : 4;
  const most = Math.floor((channels * kernel ** 2) / LONG_SLICE);
  const wanted = Math.floor(busyWorkgroups / 4 / workgroups);
  return Math.ceil(channels / Math.max(1, Math.min(most, wanted)) / round) * round;
}

/** Whether a tap may fall outside of x. That of a 1 × 1 kernel doesn't, also of a gradient, where x has all rows and columns of a phase. */
function seesOutside({ kernel, pads }: Window, product: Product): boolean {
  const { inputGradient, phaseSize, size } = product;
  const beyond = kernel.some((taps, axis) => taps > 1 || phaseSize[axis]! > size[axis]!);
  return pads.some((pad) => pad > 0) || (inputGradient && beyond);
}

/** Height and width of the kernel where the shader has its taps written out, else 0. */
function writtenOut({ kernel: [height, width] }: Window, channels: number, phases: number): number {
  const isWritten = height === width && (height === 1 || (height === 3 && phases === 1));
  return isWritten && channels % 4 === 0 ? height : 0;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
