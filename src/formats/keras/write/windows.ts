import { type HW, outputSize, resolveWindow, type Sides } from "../../../base/index.ts";
import type { OpAttrs, Shape } from "../../graph/network_graph.ts";

/** How Keras can do a window's padding: itself, or by a layer ZeroPadding2D before. */
export interface KerasPadding {
  readonly padding: "same" | "valid";
  readonly zeros?: Sides;
}

interface Window {
  readonly kernelSize: HW;
  readonly stride: HW;
  readonly padding: "same" | Sides;
  readonly dilation?: HW;
}

const NONE: Sides = [0, 0, 0, 0];

/** Padding of a convolution. */
export function convPadding(window: Window, input: Shape): KerasPadding {
  const { padding } = window;
  if (padding === "same" || isSame(window, padding, input)) return { padding: "same" };
  return padding.every((side) => side === 0)
    ? { padding: "valid" }
    : { padding: "valid", zeros: padding };
}

/**
 * Padding of a pool. Keras's own never counts: it is minus infinity to a maximum, and left out of an average.
 *
 * @param isPositive whether zeros can't win against the input, so that they may stand for minus infinity.
 * @returns undefined when Keras has no way to do it.
 */
export function poolPadding(
  attrs: OpAttrs["maxPool2d"] | OpAttrs["avgPool2d"],
  input: Shape,
  isPositive: boolean,
): KerasPadding | undefined {
  const sides = effectiveSides(attrs, input);
  if (!sides) return undefined;
  if (sides.every((side) => side === 0)) return { padding: "valid" };
  const isAverage = "countIncludePad" in attrs;
  const leavesOut = !isAverage || !attrs.countIncludePad;
  if (leavesOut && (attrs.padding === "same" || isSame(attrs, sides, input)))
    return { padding: "same" };
  // What only the ceiling mode adds isn't counted, whatever is counted.
  const isOwnPadding =
    attrs.padding !== "same" && sides.every((side, i) => side === attrs.padding[i]);
  const zerosDo = isAverage ? attrs.countIncludePad && isOwnPadding : isPositive;
  return zerosDo ? { padding: "valid", zeros: sides } : undefined;
}

/** The sides with what the ceiling mode adds; undefined when they depend on a size that isn't known. */
function effectiveSides(
  attrs: OpAttrs["maxPool2d"] | OpAttrs["avgPool2d"],
  input: Shape,
): Sides | undefined {
  const [, height, width] = input;
  if (height === null || width === null) {
    // Only what needs no size can be told.
    if (attrs.padding === "same") return NONE.map(() => 1) as [number, number, number, number];
    return attrs.ceilMode ? undefined : attrs.padding;
  }
  const window = resolveWindow("pool", [height, width], attrs);
  if (!attrs.ceilMode) return window.pads;
  const output = outputSize("pool", [height, width], window, true);
  const [top, bottom, left, right] = window.pads;
  const missing = ([0, 1] as const).map((axis) => {
    const reach = (output[axis] - 1) * window.stride[axis] + window.kernel[axis];
    return reach - [height, width][axis] - [top, left][axis];
  });
  return [top, Math.max(bottom, missing[0]), left, Math.max(right, missing[1])];
}

/** Whether TensorFlow's rule gives these sides. With stride 1 it gives half a kernel, whatever the size. */
function isSame(window: Window, sides: Sides, [, height, width]: Shape): boolean {
  const sizeMatters = window.stride.some((stride) => stride !== 1);
  if (sizeMatters && (height === null || width === null)) return false;
  const size: HW = [height ?? 64, width ?? 64];
  const { pads } = resolveWindow("window", size, { ...window, padding: "same" });
  return pads.every((side, i) => side === sides[i]);
}
