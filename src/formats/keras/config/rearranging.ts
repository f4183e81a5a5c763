import type { HW, Resizing, Sides } from "../../../base/index.ts";
import type { Value } from "../../graph/builder.ts";
import { halvedPadding, reachOf } from "../../graph/transposed.ts";
import { activated } from "./activations.ts";
import {
  expectRank,
  kernelTensors,
  type LayerRule,
  type LayerUse,
  unsupported,
  withWeights,
} from "./context.ts";
import { hwioToOihw, paddingOf } from "./conv.ts";
import { sidesOf } from "./pool.ts";

/** Conv2DTranspose: kernels are [h, w, out, in]. */
export const conv2dTranspose: LayerRule = (use, context) => {
  const { fields, name, inputs } = use;
  const stride = fields.pair([1, 1], "strides");
  const dilation = fields.pair([1, 1], "dilation_rate");
  if (fields.count(1, "groups") !== 1) {
    return unsupported(use, context, "transposed convolutions in groups aren't supported");
  }
  const value = withWeights(use, context, (earlier) => {
    const { kernel, bias } = kernelTensors(use, context, "kernel");
    expectRank(use, context, kernel, 4);
    const [height, width, outChannels, inChannels] = kernel.shape;
    const kernelSize: HW = [height, width];
    const padding = transposedPadding(use, kernelSize, stride, dilation);
    const shape = { kernelSize, inChannels, outChannels, groups: 1 };
    const weights = earlier ?? { weight: hwioToOihw(kernel), bias };
    const attrs = { ...shape, stride, dilation, ...padding };
    return context.builder.add("convTranspose2d", name, inputs, attrs, weights);
  });
  return activated(use, context, value);
};

/** By how much the result is narrower than all that the kernels reach: its size is a rule of Keras's own. */
function transposedPadding(use: LayerUse, kernelSize: HW, stride: HW, dilation: HW) {
  const isSame = paddingOf(use) === "same";
  const reach = reachOf(kernelSize, dilation);
  const given = use.fields.value("output_padding");
  const more = given === undefined ? undefined : Array.isArray(given) ? given : [given, given];
  const total = ([0, 1] as const).map((axis) => {
    const own = Number(more?.[axis] ?? 0);
    if (!Number.isSafeInteger(own) || own < 0) throw use.fields.wrong("output_padding", given);
    if (!isSame) return more ? -own : Math.min(reach[axis] - stride[axis], 0);
    return more ? 2 * (reach[axis] >> 1) - own : reach[axis] - stride[axis];
  });
  return halvedPadding([total[0], total[1]]);
}

/** UpSampling2D: by whole factors; "bilinear" has half a pixel's shift since TensorFlow 2. */
export const upSampling2d: LayerRule = (use, context) => {
  const scale = use.fields.pair([2, 2], "size");
  const resizing = resizingOf(use.fields.text("nearest", "interpolation"), ASYMMETRIC);
  if (typeof resizing === "string") return unsupported(use, context, resizing);
  return context.builder.add("resize", use.name, use.inputs, { ...resizing, size: null, scale });
};

/** Resizing, to a size. */
export const resizing: LayerRule = (use, context) => {
  const { fields, name, inputs } = use;
  const how = resizingOf(fields.text("bilinear", "interpolation"), HALF_PIXEL);
  if (typeof how === "string") return unsupported(use, context, how);
  if (fields.flag(false, "crop_to_aspect_ratio") || fields.flag(false, "pad_to_aspect_ratio")) {
    return unsupported(use, context, "keeping the ratio of the sides isn't supported");
  }
  const size: HW = [fields.count(0, "height"), fields.count(0, "width")];
  return context.builder.add("resize", name, inputs, { ...how, size, scale: null });
};

const ASYMMETRIC = { coordinates: "asymmetric", rounding: "floor" } as const;
const HALF_PIXEL = { coordinates: "halfPixel", rounding: "preferCeil" } as const;

function resizingOf(interpolation: string, nearest: Omit<Resizing, "mode">): Resizing | string {
  if (interpolation === "nearest") return { mode: "nearest", ...nearest };
  if (interpolation !== "bilinear") return `resizing by "${interpolation}" isn't supported`;
  return { mode: "bilinear", coordinates: "halfPixel", rounding: "floor" };
}

/** Cropping2D: rows and columns less at each side. */
export const cropping2d: LayerRule = (use, { builder }): Value => {
  const given = use.fields.value("cropping") ?? 0;
  const cropping: Sides | undefined = sidesOf(given);
  if (!cropping) throw use.fields.wrong("cropping", given);
  const [top, bottom, left, right] = cropping;
  const cut = (value: Value, dim: number, start: number, behind: number) => {
    if (start === 0 && behind === 0) return value;
    const name = dim === 1 ? use.name : `${use.name}_columns`;
    return builder.add("narrow", name, [value], { dim, start, end: -behind });
  };
  return cut(cut(use.inputs[0], 1, top, bottom), 2, left, right);
};
