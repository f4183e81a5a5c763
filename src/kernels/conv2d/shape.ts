import {
  outputSize,
  resolveWindow,
  type Shape,
  shapeText,
  sizeOf,
  type Window,
  type WindowOptions,
} from "../../base/index.ts";
import type { NDArray } from "../array.ts";
import { windowParams } from "../window_params.ts";

export interface Conv2dOptions extends Omit<WindowOptions, "kernelSize"> {
  /** Channels fall into this many groups that don't see each other. Default 1. */
  groups?: number;
}

/** The sizes of one convolution. */
export interface ConvShape {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly outChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly groups: number;
  readonly window: Window;
}

/** Checks that input [N, C, H, W], weight [O, C/groups, KH, KW] and options fit. @throws Error naming what doesn't. */
export function convShape(input: Shape, weight: Shape, options: Conv2dOptions = {}): ConvShape {
  if (input.length !== 4) {
    const hint =
      input.length === 3 ? `; add a batch dimension with reshape([1, ${input.join(", ")}])` : "";
    throw new Error(
      `conv2d: the input must be [batch, channels, height, width], got ${shapeText(input)}${hint}`,
    );
  }
  if (weight.length !== 4) {
    throw new Error(
      `conv2d: the weight must be [outChannels, channels / groups, height, width], got ${shapeText(weight)}`,
    );
  }
  const [batch, channels, height, width] = input as [number, number, number, number];
  const [outChannels, groupIn, kh, kw] = weight as [number, number, number, number];
  const { groups = 1, ...window } = options;
  checkGroups(groups, channels, outChannels, groupIn);
  const resolved = resolveWindow("conv2d", [height, width], { ...window, kernelSize: [kh, kw] });
  const [outHeight, outWidth] = outputSize("conv2d", [height, width], resolved);
  return {
    batch,
    channels,
    height,
    width,
    outChannels,
    outHeight,
    outWidth,
    groups,
    window: resolved,
  };
}

function checkGroups(groups: number, channels: number, outChannels: number, groupIn: number): void {
  if (
    !Number.isInteger(groups) ||
    groups < 1 ||
    channels % groups !== 0 ||
    outChannels % groups !== 0
  ) {
    throw new Error(
      `conv2d: groups is ${groups}, but must be a whole number that divides both the ${channels} input and the ` +
        `${outChannels} output channels`,
    );
  }
  if (channels / groups !== groupIn) {
    const perGroup = groups === 1 ? "" : ` (${channels / groups} in each of ${groups} groups)`;
    throw new Error(
      `conv2d: the input has ${channels} channels${perGroup}, but the weight is made for ${groupIn}`,
    );
  }
}

/** Whether each group has one input channel. */
export function isDepthwise({ groups, channels }: ConvShape): boolean {
  return groups > 1 && groups === channels;
}

/** Multiply-adds of a pass. */
export function macsOf({ channels, groups, window, ...shape }: ConvShape): number {
  return sizeOf(outputShape(shape)) * (channels / groups) * window.kernel[0] * window.kernel[1];
}

export function outputShape({
  batch,
  outChannels,
  outHeight,
  outWidth,
}: Pick<ConvShape, "batch" | "outChannels" | "outHeight" | "outWidth">): number[] {
  return [batch, outChannels, outHeight, outWidth];
}

export function inputShape(shape: ConvShape): number[] {
  return [shape.batch, shape.channels, shape.height, shape.width];
}

export function weightShape(shape: ConvShape): number[] {
  return [shape.outChannels, shape.channels / shape.groups, ...shape.window.kernel];
}

/** All that distinguishes one convolution from another, in words. */
export function convText(shape: ConvShape): string {
  const { stride, pads, dilation } = shape.window;
  const input = inputShape(shape).join("×");
  const weight = weightShape(shape).join("×");
  return `${input} * ${weight} stride ${stride} pads ${pads} dilation ${dilation} groups ${shape.groups}`;
}

/** The sizes under the names that the kernels' `Params` have in common. */
export function sizeParams({ channels, window, height, width, outHeight, outWidth }: ConvShape) {
  return { channels, ...windowParams(window, [height, width], [outHeight, outWidth]) };
}

/** @throws Error when an array isn't of the convolution's dtype. */
export function checkDtypes(...arrays: NDArray[]): void {
  const wrong = arrays.find(({ dtype }) => dtype !== arrays[0]!.dtype);
  if (!wrong) return;
  throw new Error(
    `conv2d: dtypes ${arrays[0]!.dtype} and ${wrong.dtype} differ; convert one with to(...)`,
  );
}
