import { type HW, resolveWindow, type Sides } from "../../../base/index.ts";
import type { Shape } from "../../graph/network_graph.ts";
import { type PoolAttrs, poolSides, type WindowAttrs } from "../../graph/windows.ts";

/** How Keras can do a window's padding: itself, or by a layer ZeroPadding2D before. */
export interface KerasPadding {
  readonly padding: "same" | "valid";
  readonly zeros?: Sides;
}

/** Padding of a convolution. */
export function convPadding(window: WindowAttrs, input: Shape): KerasPadding {
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
  attrs: PoolAttrs,
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
function effectiveSides(attrs: PoolAttrs, [, height, width]: Shape): Sides | undefined {
  if (height !== null && width !== null) return poolSides(attrs, [height, width]).all;
  // Only what needs no size can be told.
  if (attrs.padding === "same") return [1, 1, 1, 1];
  return attrs.ceilMode ? undefined : attrs.padding;
}

/** Whether TensorFlow's rule gives these sides. With stride 1 it gives half a kernel, whatever the size. */
function isSame(window: WindowAttrs, sides: Sides, [, height, width]: Shape): boolean {
  const sizeMatters = window.stride.some((stride) => stride !== 1);
  if (sizeMatters && (height === null || width === null)) return false;
  const size: HW = [height ?? 64, width ?? 64];
  const { pads } = resolveWindow("window", size, { ...window, padding: "same" });
  return pads.every((side, i) => side === sides[i]);
}
