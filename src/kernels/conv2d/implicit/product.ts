import source from "../../../../shaders/conv2d/implicit_product.wgsl";
import type { HW } from "../../../base/index.ts";
import { type DeviceProfile, launch, linearGrid, specialize } from "../../../gpu/index.ts";
import { allocate, type NDArray } from "../../array.ts";
import type { Epilogue, Finish } from "../../epilogue.ts";
import { windowParams } from "../../window_params.ts";
import { type ConvShape, inputShape, outputShape } from "../shape.ts";
import { isHalf, type Side, sideFor } from "./side.ts";
import { weightByTap } from "./weight_by_tap.ts";

export { source as implicitProductSource };

/** x [N, C, H, W] convolved with weight [O, C/groups, KH, KW], bias and activation applied in the same launch. */
export function forward(
  x: NDArray,
  weight: NDArray,
  shape: ConvShape,
  epilogue: Epilogue,
): NDArray {
  const { channels, height, width, outChannels, outHeight, outWidth, window } = shape;
  const out = allocate(outputShape(shape), x.dtype);
  run(x, weight, out, shape, epilogue, {
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
  return out;
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
  const own = finish();
  const dx = own.onto ?? allocate(inputShape(shape), dy.dtype);
  run(dy, weight, dx, shape, own, {
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
  return dx;
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
  out: NDArray,
  shape: ConvShape,
  { bias = null, activation = "none", onto = null, rectifier = null }: Epilogue & Finish,
  product: Product,
): void {
  const { batch, groups, window } = shape;
  const [k, m] = [product.channels / groups, product.outChannels / groups];
  const pixels = batch * product.phaseSize[0] * product.phaseSize[1];
  const planes = groups * product.phases;
  const { SIDE, tilesM, tilesN } = tiling(x.storage.device.profile, m, pixels, planes);
  const CHUNK = chunkFor(k, product.phases);
  const none = allocate([1], x.dtype);
  const { array, rows, columns } = weightByTap(weight, shape, CHUNK, product.inputGradient);
  launch(
    specialize(source, {
      T: x.dtype,
      W: `vec4<${x.dtype}>`,
      SIDE,
      HALF: isHalf(SIDE, m),
      WRITTEN_OUT: x.storage.device.profile.longKernels,
      CHUNK,
      WHOLE_CHUNKS: k % CHUNK === 0,
      INPUT_GRADIENT: product.inputGradient,
      BIAS: bias !== null,
      RELU: activation === "relu",
      ONTO: onto !== null,
      RECTIFIED: rectifier !== null,
      SIX: rectifier?.kind === "relu6",
    }),
    { x, weight: array, bias: bias ?? none, rectifier: rectifier?.out ?? none, out },
    {
      channels: k,
      out_channels: m,
      groups,
      batch,
      ...windowParams(window, product.size, product.outSize),
      tap_step: product.tapStep,
      tap_delta: product.tapDelta,
      weight_rows: rows,
      weight_columns: columns,
      tiles_m: tilesM,
      tiles_n: tilesN,
    },
    linearGrid(tilesM * tilesN * planes, 1),
  );
}

/** Channels of a tap that a round of the kernel walks; four taps at a time where there are at most four. */
function chunkFor(channels: number, phases: number): number {
  if (channels <= 4 && phases === 1) return 4;
  return channels % 32 === 0 ? 32 : 16;
}

function tiling(profile: DeviceProfile, m: number, pixels: number, planes: number) {
  const SIDE: Side = sideFor(profile, m, pixels, planes);
  const block = 8 * SIDE;
  return { SIDE, tilesM: Math.ceil(m / block), tilesN: Math.ceil(pixels / block) };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
