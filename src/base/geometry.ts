/** Height and width. */
export type HW = readonly [number, number];
/** Top, bottom, left and right. */
export type Sides = readonly [number, number, number, number];

/** A sliding window (convolution kernel or pooling window) with every option spelled out. */
export interface Window {
  readonly kernel: HW;
  readonly stride: HW;
  readonly dilation: HW;
  /** Rows and columns added around the input: top, bottom, left, right. */
  readonly pads: Sides;
}

export interface WindowOptions {
  kernelSize: number | readonly number[];
  /** Default 1. */
  stride?: number | readonly number[];
  /** A number, [h, w], [top, bottom, left, right], "valid" (none) or "same" (TensorFlow's rule). Default 0. */
  padding?: number | readonly number[] | "same" | "valid";
  /** Default 1. */
  dilation?: number | readonly number[];
}

/** Reads a number or [h, w]. @throws Error naming the operation and the option. */
function pairOf(name: string, option: string, value: number | readonly number[], least = 1): HW {
  const pair = typeof value === "number" ? [value, value] : value;
  if (
    Array.isArray(pair) &&
    pair.length === 2 &&
    pair.every((n) => Number.isInteger(n) && n >= least)
  )
    return [pair[0]!, pair[1]!];
  throw new Error(
    `${name}: ${option} is ${JSON.stringify(value)}; give a whole number of at least ${least}, or two as [height, width]`,
  );
}

/** Spells out the options of a window over an input of `inputHW`. @throws Error naming the operation and the option. */
export function resolveWindow(name: string, inputHW: HW, options: WindowOptions): Window {
  const kernel = pairOf(name, "kernelSize", options.kernelSize);
  const stride = pairOf(name, "stride", options.stride ?? 1);
  const dilation = pairOf(name, "dilation", options.dilation ?? 1);
  const { padding = 0 } = options;
  const pads =
    padding === "same" ? samePads(inputHW, kernel, stride, dilation) : resolvePads(name, padding);
  return { kernel, stride, dilation, pads };
}

function resolvePads(name: string, padding: number | readonly number[] | "valid"): Sides {
  if (padding === "valid") return [0, 0, 0, 0];
  const sides = typeof padding === "number" ? [padding, padding] : padding;
  if (Array.isArray(sides) && sides.every((n) => Number.isInteger(n) && n >= 0)) {
    const [a, b, c, d] = sides;
    if (sides.length === 2) return [a, a, b, b];
    if (sides.length === 4) return [a, b, c, d];
  }
  throw new Error(
    `${name}: padding is ${JSON.stringify(padding)}; give a whole number of at least 0, [height, width], ` +
      '[top, bottom, left, right], "same" or "valid"',
  );
}

/** TensorFlow's "same": ceil(n / stride) outputs, the odd row or column of padding at the end. */
function samePads(input: HW, kernel: HW, stride: HW, dilation: HW): Sides {
  const total = ([0, 1] as const).map((axis) => {
    const reach = dilation[axis] * (kernel[axis] - 1) + 1;
    return Math.max(
      0,
      (Math.ceil(input[axis] / stride[axis]) - 1) * stride[axis] + reach - input[axis],
    );
  });
  const [h, w] = total as [number, number];
  return [h >> 1, h - (h >> 1), w >> 1, w - (w >> 1)];
}

/**
 * Rows and columns that a window gives.
 *
 * @param ceilMode counts a last window that reaches past the input, provided that it starts inside
 *   the input or its leading padding (PyTorch's rule).
 * @throws Error naming the operation when the window doesn't fit.
 */
export function outputSize(
  name: string,
  inputHW: HW,
  window: Window,
  ceilMode = false,
): [number, number] {
  return [
    axisOutput(name, inputHW, window, 0, ceilMode),
    axisOutput(name, inputHW, window, 1, ceilMode),
  ];
}

function axisOutput(
  name: string,
  inputHW: HW,
  window: Window,
  axis: 0 | 1,
  ceilMode: boolean,
): number {
  const { kernel, stride, dilation, pads } = window;
  const before = pads[2 * axis]!;
  const size = inputHW[axis] + before + pads[2 * axis + 1]!;
  const reach = dilation[axis] * (kernel[axis] - 1) + 1;
  if (reach > size) {
    const dilated =
      dilation[0] === 1 && dilation[1] === 1 ? "" : ` dilated by ${dilation.join("×")}`;
    throw new Error(
      `${name}: a window of ${kernel.join("×")}${dilated} is larger than the input of ${inputHW.join("×")} with ` +
        `padding [${pads.join(", ")}] (top, bottom, left, right); use a larger input or more padding`,
    );
  }
  const steps = (size - reach) / stride[axis];
  if (!ceilMode) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride[axis] >= inputHW[axis] + before ? count - 1 : count;
}
