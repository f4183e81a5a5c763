import {
  type HW,
  resolveWindow,
  type Shape,
  type Sides,
  shapeText,
  type WindowOptions,
} from "../../base/index.ts";
import type { NDArray } from "../array.ts";
import { binary } from "../elementwise/binary.ts";
import { conv2dInputGradient } from "./conv2d.ts";
import { type ConvShape, checkDtypes } from "./shape.ts";

const NAME = "convTranspose2d";

export interface ConvTranspose2dOptions extends Omit<WindowOptions, "kernelSize" | "padding"> {
  /** What the result is narrower by: a number, [h, w] or [top, bottom, left, right]. Default 0. */
  padding?: number | readonly number[];
  /** Rows and columns more at the bottom and right; fewer than the stride or the dilation. Default 0. */
  outputPadding?: number | readonly number[];
  /** Channels fall into this many groups that don't see each other. Default 1. */
  groups?: number;
}

/**
 * The convolution whose input gradient this transposed convolution is: its output is our input.
 * @param input [batch, channels, height, width]
 * @param weight [channels, outChannels / groups, kernelHeight, kernelWidth]
 * @throws Error naming what doesn't fit.
 */
export function convTransposeShape(
  input: Shape,
  weight: Shape,
  options: ConvTranspose2dOptions = {},
): ConvShape {
  if (input.length !== 4) {
    throw new Error(
      `${NAME}: the input must be [batch, channels, height, width], got ${shapeText(input)}`,
    );
  }
  if (weight.length !== 4) {
    throw new Error(
      `${NAME}: the weight must be [channels, outChannels / groups, height, width], got ${shapeText(weight)}`,
    );
  }
  const [batch, channels, height, width] = input as [number, number, number, number];
  const [groupsOut, ...kernelSize] = weight.slice(1) as [number, number, number];
  const { groups = 1, outputPadding = 0, ...rest } = options;
  if (channels !== weight[0]) {
    throw new Error(
      `${NAME}: the input has ${channels} channels, but the weight is made for ${weight[0]}`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new Error(
      `${NAME}: groups is ${groups}, but must be a whole number that divides the ${channels} input channels`,
    );
  }
  if (typeof rest.padding === "string") {
    throw new Error(
      `${NAME}: padding is ${JSON.stringify(rest.padding)}; give a whole number, [height, width] or ` +
        "[top, bottom, left, right]",
    );
  }
  const window = resolveWindow(NAME, [height, width], { ...rest, kernelSize });
  const size = transposedSize([height, width], window, outputPaddingOf(outputPadding, window));
  return {
    batch,
    channels: groupsOut * groups,
    height: size[0],
    width: size[1],
    outChannels: channels,
    outHeight: height,
    outWidth: width,
    groups,
    window,
  };
}

interface TransposedWindow {
  readonly kernel: HW;
  readonly stride: HW;
  readonly dilation: HW;
  readonly pads: Sides;
}

/** Rows and columns that a transposed window gives. @throws Error where there are none. */
export function transposedSize(
  inputHW: HW,
  { kernel, stride, dilation, pads }: TransposedWindow,
  outputPadding: HW,
): [number, number] {
  const size = ([0, 1] as const).map(
    (axis) =>
      (inputHW[axis] - 1) * stride[axis] +
      dilation[axis] * (kernel[axis] - 1) +
      1 +
      outputPadding[axis] -
      pads[2 * axis]! -
      pads[2 * axis + 1]!,
  );
  if (size.every((n) => n > 0)) return [size[0]!, size[1]!];
  throw new Error(
    `${NAME}: an input of ${inputHW.join("×")} with padding [${pads.join(", ")}] (top, bottom, left, right) ` +
      `gives ${size.join("×")} pixels; use less padding`,
  );
}

function outputPaddingOf(
  given: number | readonly number[],
  { stride, dilation }: TransposedWindow,
): HW {
  const pair = typeof given === "number" ? [given, given] : given;
  const fits = (n: number, axis: number) =>
    Number.isInteger(n) && n >= 0 && n < Math.max(stride[axis]!, dilation[axis]!);
  if (Array.isArray(pair) && pair.length === 2 && pair.every(fits)) return [pair[0]!, pair[1]!];
  throw new Error(
    `${NAME}: outputPadding is ${JSON.stringify(given)}; give a whole number, or two as [height, width], smaller ` +
      `than the stride ${stride.join("×")} or the dilation ${dilation.join("×")}`,
  );
}

/** x [N, C, H, W] through weight [C, O/groups, KH, KW], with one bias for each of the O channels. */
export function convTranspose2d(
  x: NDArray,
  weight: NDArray,
  bias: NDArray | null,
  shape: ConvShape,
): NDArray {
  checkDtypes(x, weight, bias ?? x);
  let isAdded = false;
  const out = conv2dInputGradient(x, weight, shape, () => {
    isAdded = true;
    return { bias };
  });
  if (!bias || isAdded) return out;
  return binary("add", out, bias.share([1, shape.channels, 1, 1]));
}
