import { type HW, resolveWindow, type Sides } from "../../../base/index.ts";
import type { Value } from "../../graph/builder.ts";
import type { Layout } from "../../graph/operands.ts";
import { integersOf, type OnnxCall } from "./context.ts";

/** An attribute that is a number. */
export function number({ node }: OnnxCall, name: string, fallback: number): number {
  const attribute = node.attributes.get(name);
  if (!attribute) return fallback;
  // A float and an integer lie in different fields, and only one of them is set.
  return attribute.f !== 0 ? attribute.f : attribute.i;
}

/** An attribute that is two whole numbers. */
export function ints({ node }: OnnxCall, name: string, fallback: HW): HW {
  const [first, second] = node.attributes.get(name)?.ints ?? fallback;
  return [first ?? fallback[0], second ?? first ?? fallback[1]];
}

/** Kernel, stride and padding of a convolution or pool, or why they can't be told. */
export function windowOf(call: OnnxCall, kernelSize: HW, input: Value) {
  const stride = ints(call, "strides", [1, 1]);
  const dilation = ints(call, "dilations", [1, 1]);
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
  const auto = call.node.attributes.get("auto_pad")?.s ?? "NOTSET";
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
  const pads = call.node.attributes.get("pads")?.ints ?? [0, 0, 0, 0];
  const isSound =
    pads.length === 4 && pads.every((side) => Number.isSafeInteger(side) && side >= 0);
  return isSound ? [pads[0], pads[2], pads[1], pads[3]] : "its padding is impossible";
}

/** Top, bottom, left and right of a Pad; undefined when it pads anything else, or cuts. */
export function padsOf(
  call: OnnxCall,
  { value, layout }: { readonly value: Value; readonly layout: Layout },
): number[] | undefined {
  if (value.shape?.length !== 3) return undefined;
  const given = integersOf(call, "pads", 1);
  const axes = integersOf(call, "axes", 3)?.map((axis) => (axis < 0 ? axis + 4 : axis)) ?? [
    0, 1, 2, 3,
  ];
  if (given?.length !== 2 * axes.length) return undefined;
  const [row, column] = layout === "NHWC" ? [1, 2] : [2, 3];
  const sides = [0, 0, 0, 0];
  for (const [i, axis] of axes.entries()) {
    const pair = [given[i], given[axes.length + i]];
    if (!pair.every((side) => Number.isSafeInteger(side) && side >= 0)) return undefined;
    if (axis === row) sides.splice(0, 2, ...pair);
    else if (axis === column) sides.splice(2, 2, ...pair);
    else if (pair.some((side) => side !== 0)) return undefined;
  }
  return sides;
}
