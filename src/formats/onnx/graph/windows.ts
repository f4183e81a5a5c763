import { type HW, outputSize, resolveWindow, type Sides } from "../../../base/index.ts";
import type { Value } from "../../graph/builder.ts";
import type { PoolWindow } from "../../graph/nodes/layers.ts";
import type { Padding } from "../../graph/nodes/padding.ts";
import { channelAxis, fileShape, type Layout, type ValueOperand } from "../../graph/operands.ts";
import { integersOf, type OnnxCall } from "./node.ts";

/** An attribute that is two whole numbers, or one, for signals: those are maps of one row. */
export function pairOf({ node }: OnnxCall, name: string): HW {
  const [first = 1, second] = node.attributes.integers(name) ?? [];
  return second === undefined ? [1, first] : [first, second];
}

/** A window as [height, width]; undefined where it has another number of sides than the maps have. */
export function kernelOf(sides: readonly number[], layout: Layout): HW | undefined {
  if (layout === "NCL") return sides.length === 1 ? [1, sides[0]] : undefined;
  return layout === "NCHW" && sides.length === 2 ? [sides[0], sides[1]] : undefined;
}

/** Kernel, stride and padding of a convolution or pool, or why they can't be told. */
export function windowOf(call: OnnxCall, kernelSize: HW, input: Value) {
  const stride = pairOf(call, "strides");
  const dilation = pairOf(call, "dilations");
  const counts = [...kernelSize, ...stride, ...dilation];
  if (!counts.every((count) => Number.isSafeInteger(count) && count > 0))
    return "its window is impossible";
  const padding = paddingOf(call, kernelSize, stride, dilation, input);
  return typeof padding === "string" && padding !== "same"
    ? padding
    : { kernelSize, stride, padding };
}

function paddingOf(
  call: OnnxCall,
  kernelSize: HW,
  stride: HW,
  dilation: HW,
  { shape }: Value,
): "same" | Sides | "its padding depends on a size that isn't known" | "its padding is impossible" {
  const auto = call.node.attributes.text("auto_pad", "NOTSET");
  if (auto === "SAME_UPPER") return "same";
  if (auto === "VALID") return [0, 0, 0, 0];
  if (auto === "SAME_LOWER") {
    const [, height, width] = shape ?? [];
    const sizeMatters = stride.some((step) => step > 1);
    if (sizeMatters && (!height || !width)) return "its padding depends on a size that isn't known";
    const size: HW = [height ?? 64, width ?? 64];
    const window = resolveWindow("window", size, { kernelSize, stride, dilation, padding: "same" });
    // The odd row or column comes first.
    const [top, bottom, left, right] = window.pads;
    return [bottom, top, right, left];
  }
  const given = call.node.attributes.integers("pads") ?? [0, 0, 0, 0];
  const pads = given.length === 2 ? [0, given[0], 0, given[1]] : given;
  const isSound =
    pads.length === 4 && pads.every((side) => Number.isSafeInteger(side) && side >= 0);
  return isSound ? [pads[0], pads[2], pads[1], pads[3]] : "its padding is impossible";
}

/**
 * Before version 10 the ceiling mode was written as padding at the ends, which may be as large as the window. Here it becomes
 * the ceiling mode again, which leaves padding smaller than the window.
 *
 * @returns the same pooling, or undefined where a window sees nothing but padding, or may.
 */
export function withCeiling(pooling: PoolWindow, { shape }: Value): PoolWindow | undefined {
  const { kernelSize, stride, dilation, padding } = pooling;
  if (padding === "same") return pooling;
  const reach = kernelSize.map((size, axis) => dilation[axis] * (size - 1) + 1);
  const isSound = (sides: Sides) => sides.every((side, i) => side < reach[i >> 1]);
  if (isSound(padding)) return pooling;
  const [top, bottom, left, right] = padding;
  const [, height, width] = shape ?? [];
  const less: Sides = [
    top,
    bottom < reach[0] ? bottom : top,
    left,
    right < reach[1] ? right : left,
  ];
  if (!height || !width || !isSound(less)) return undefined;
  const size: HW = [height, width];
  const sizes = [padding, less].map((sides) => {
    const window = resolveWindow("window", size, { kernelSize, stride, dilation, padding: sides });
    return outputSize("window", size, window, sides === less || pooling.ceilMode).join();
  });
  return sizes[0] === sizes[1] ? { ...pooling, padding: less, ceilMode: true } : undefined;
}

/** What a Pad adds to a map; undefined when it pads anything else, or cuts. */
export function padsOf(
  call: OnnxCall,
  { value, layout }: ValueOperand,
): Pick<Padding, "padding" | "channels"> | undefined {
  if (value.shape?.length !== 3) return undefined;
  const rank = fileShape(value, layout).length;
  const given = integersOf(call, "pads", 1);
  const axes = (integersOf(call, "axes", 3) ?? [...Array(rank).keys()]).map((axis) =>
    axis < 0 ? axis + rank : axis,
  );
  if (given?.length !== 2 * axes.length) return undefined;
  const [row, column] = {
    NHWC: [1, 2],
    NCHW: [2, 3],
    NCL: [-1, 2],
    NLC: [-1, 1],
    NHW: [1, 2],
    ANY: [-1, -1],
  }[layout];
  const pairs = new Map<number, readonly [number, number]>();
  for (const [i, axis] of axes.entries()) {
    const pair = [given[i], given[axes.length + i]] as const;
    if (!pair.every((side) => Number.isSafeInteger(side) && side >= 0)) return undefined;
    if (axis === 0 && pair.some((side) => side !== 0)) return undefined;
    pairs.set(axis, pair);
  }
  const along = (axis: number) => pairs.get(axis) ?? ([0, 0] as const);
  const padding = [...along(row), ...along(column)] as const;
  return { padding, channels: along(channelAxis(value, layout)) };
}
