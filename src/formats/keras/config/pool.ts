import type { HW, Sides } from "../../../base/index.ts";
import type { Value } from "../../graph/builder.ts";
import type { LayerRule, LayerUse } from "./context.ts";
import { paddingOf } from "./conv.ts";

function windowOf(use: LayerUse) {
  const kernelSize = use.fields.pair([2, 2], "pool_size");
  const stride = use.fields.pair(kernelSize, "strides");
  return { kernelSize, stride, padding: paddingOf(use), ceilMode: false };
}

const NOT_DILATED: HW = [1, 1];

export const maxPool2d: LayerRule = (use, { builder }) =>
  builder.add("maxPool2d", use.name, use.inputs, { ...windowOf(use), dilation: NOT_DILATED });

/** Keras never counts the padding into an average. */
export const avgPool2d: LayerRule = (use, { builder }) =>
  builder.add("avgPool2d", use.name, use.inputs, { ...windowOf(use), countIncludePad: false });

export const globalPool =
  (op: "globalAvgPool" | "globalMaxPool"): LayerRule =>
  ({ name, fields, inputs }, { builder }) =>
    builder.add(op, name, inputs, { keepDims: fields.flag(false, "keepdims") });

/** ZeroPadding2D: one number, [height, width] or [[top, bottom], [left, right]]. */
export const zeroPadding2d: LayerRule = (use, { builder }): Value => {
  const value = use.fields.value("padding") ?? 1;
  const padding = sidesOf(value);
  if (!padding) throw use.fields.wrong("padding", value);
  return builder.add("pad", use.name, use.inputs, { padding, mode: "constant", value: 0 });
};

/** One number, [height, width] or [[top, bottom], [left, right]]. */
export function sidesOf(value: unknown): Sides | undefined {
  const [vertical, horizontal] =
    Array.isArray(value) && value.length === 2 ? value : [value, value];
  const pairs = [vertical, horizontal].map((side) => (Array.isArray(side) ? side : [side, side]));
  if (pairs.some((pair) => pair.length !== 2)) return undefined;
  const [[top, bottom], [left, right]] = pairs;
  const sides = [top, bottom, left, right];
  return sides.every(isLength) ? [sides[0], sides[1], sides[2], sides[3]] : undefined;
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
