import type { HW, Resizing, Sides } from "../../../base/index.ts";
import type { Value } from "../../graph/builder.ts";
import type { OpAttrs } from "../../graph/network_graph.ts";
import {
  constantInput,
  listInput,
  NO_WEIGHTS,
  unsupported,
  valueInput,
} from "../../graph/nodes/context.ts";
import { addLayer } from "../../graph/nodes/layers.ts";
import { type Cut, cut, divided, resized, squares } from "../../graph/nodes/rearranging.ts";
import { fileShape } from "../../graph/operands.ts";
import { halvedPadding, reachOf } from "../../graph/transposed.ts";
import { integersOf, type OnnxCall, type OnnxRule } from "./node.ts";
import { kernelOf, pairOf } from "./windows.ts";

/** ConvTranspose: weights [in, out / groups, h, w] as in PyTorch, or [in, out / groups, length] for signals. */
export const convTranspose: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const weight = constantInput(call, 1);
  if (!input || !weight) return unsupported(call, context, NO_WEIGHTS);
  const { layout, value } = input;
  if (layout === "NHWC" || layout === "NLC") {
    return unsupported(call, context, "its input has the channels last");
  }
  const groups = call.node.attributes.number("group", 1);
  const [inChannels, perGroup, ...sides] = weight.shape;
  const kernelSize = kernelOf(sides, layout);
  if (!kernelSize)
    return unsupported(call, context, `it has a window of ${sides.length} dimensions`);
  const stride = pairOf(call, "strides");
  const dilation = pairOf(call, "dilations");
  const padding = transposedPadding(call, { kernelSize, stride, dilation }, value);
  if (typeof padding === "string") return unsupported(call, context, padding);
  const outChannels = perGroup * groups;
  const attrs = { inChannels, outChannels, groups, kernelSize, stride, dilation, ...padding };
  const inRows = { ...weight, shape: [inChannels, perGroup, ...kernelSize] };
  return addLayer(call, context, input, {
    kernel: weight,
    outputs: outChannels,
    axis: 1 - weight.shape.length,
    bias: constantInput(call, 2),
    make: (name, bias, earlier) => {
      const weights = earlier ?? { weight: inRows, bias };
      return context.builder.add("convTranspose2d", name, [value], attrs, weights);
    },
  });
};

/** What is given is the padding, or the size of the result, which a rule makes padding of. */
function transposedPadding(
  call: OnnxCall,
  {
    kernelSize,
    stride,
    dilation,
  }: Pick<OpAttrs["convTranspose2d"], "kernelSize" | "stride" | "dilation">,
  { shape = [] }: Value,
): Pick<OpAttrs["convTranspose2d"], "padding" | "outputPadding"> | string {
  const { attributes } = call.node;
  const more = evenlyPaired(attributes.integers("output_padding"), 0);
  const auto = attributes.text("auto_pad", "NOTSET");
  const reach = reachOf(kernelSize, dilation);
  const wanted = attributes.integers("output_shape");
  if (wanted) {
    const [, height, width] = shape;
    if (!height || !width) return "its padding depends on a size that isn't known";
    const size = evenlyPaired(wanted.slice(-2), 1);
    const total = ([height, width] as const).map(
      (side, axis) => stride[axis] * (side - 1) + more[axis] + reach[axis] - size[axis],
    );
    return halvedPadding([total[0], total[1]], auto !== "SAME_UPPER");
  }
  if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
    const total: HW = [reach[0] - stride[0] + more[0], reach[1] - stride[1] + more[1]];
    return halvedPadding(total, auto === "SAME_LOWER");
  }
  const given = (auto === "NOTSET" && attributes.integers("pads")) || [0, 0, 0, 0];
  const pads = given.length === 2 ? [0, given[0], 0, given[1]] : given;
  const padding: Sides = [pads[0], pads[2], pads[1], pads[3]];
  const isSound = [...padding, ...more].every((side) => Number.isSafeInteger(side) && side >= 0);
  return isSound ? { padding, outputPadding: more } : "its padding is impossible";
}

/** Two numbers, or one, for signals; `none` for the row that those haven't. */
function evenlyPaired(values: readonly number[] | undefined, none: number): HW {
  const [first = none, second] = values ?? [];
  return second === undefined ? [none, first] : [first, second];
}

const COORDINATES: ReadonlyMap<string, Resizing["coordinates"]> = new Map([
  ["half_pixel", "halfPixel"],
  ["pytorch_half_pixel", "pytorchHalfPixel"],
  ["align_corners", "alignCorners"],
  ["asymmetric", "asymmetric"],
  ["tf_half_pixel_for_nn", "halfPixel"],
] as const);

const ROUNDINGS: ReadonlyMap<string, Resizing["rounding"]> = new Map([
  ["floor", "floor"],
  ["ceil", "ceil"],
  ["round_prefer_floor", "preferFloor"],
  ["round_prefer_ceil", "preferCeil"],
] as const);

/** Resize, and Upsample before version 10; until version 10 a place was divided by the scale and rounded down. */
export const resize =
  (isOld: boolean): OnnxRule =>
  (call, context) => {
    const { attributes } = call.node;
    const resizing = isOld ? oldResizing(call) : resizingOf(call);
    if (typeof resizing === "string") return unsupported(call, context, resizing);
    const input = valueInput(call);
    const rank = input ? fileShape(input.value, input.layout).length : 4;
    const inOrder = (values: readonly number[], rest: number) => {
      const axes = attributes.integers("axes");
      if (!axes) return values.slice(1);
      const all = new Array<number>(rank).fill(rest);
      for (const [i, axis] of axes.entries()) all[axis < 0 ? axis + rank : axis] = values[i];
      return all.slice(1);
    };
    const scales = isOld ? (attributes.floats("scales") ?? listInput(call, 1)) : listInput(call, 2);
    if (scales && scales.length > 0) {
      if (!attributes.integers("axes") && scales[0] !== 1) {
        return unsupported(call, context, "the batch can't be resized");
      }
      return resized(call, context, { scale: inOrder(scales, 1) }, resizing);
    }
    const sizes = isOld ? undefined : listInput(call, 3);
    if (!sizes) return unsupported(call, context, "its size is computed");
    const channels = input?.value.shape?.[0] ?? 1;
    return resized(call, context, { size: inOrder(sizes, channels) }, resizing);
  };

function oldResizing(call: OnnxCall): Resizing | string {
  const mode = modeOf(call);
  if (!mode) return "only nearest and linear are supported";
  return { mode, coordinates: "asymmetric", rounding: "floor" };
}

function modeOf({ node }: OnnxCall): Resizing["mode"] | undefined {
  const mode = node.attributes.text("mode", "nearest");
  if (mode === "nearest") return mode;
  return mode === "linear" || mode === "bilinear" ? "bilinear" : undefined;
}

function resizingOf(call: OnnxCall): Resizing | string {
  const { attributes } = call.node;
  const mode = modeOf(call);
  if (!mode)
    return `the mode "${attributes.text("mode", "")}" isn't supported, only nearest and linear`;
  const transformation = attributes.text("coordinate_transformation_mode", "half_pixel");
  const nearest = attributes.text("nearest_mode", "round_prefer_floor");
  const coordinates = COORDINATES.get(transformation);
  const rounding = ROUNDINGS.get(nearest);
  if (!coordinates || !rounding)
    return `the mode "${coordinates ? nearest : transformation}" isn't supported`;
  if (attributes.flag("antialias", false) || attributes.flag("exclude_outside", false)) {
    return "smoothing isn't supported";
  }
  if (attributes.text("keep_aspect_ratio_policy", "stretch") !== "stretch") {
    return "keeping the ratio of the sides isn't supported";
  }
  // TensorFlow's rule is half a pixel more, rounded down.
  const isTf = transformation === "tf_half_pixel_for_nn";
  return { mode, coordinates, rounding: isTf && rounding === "floor" ? "preferCeil" : rounding };
}

export const depthToSpace: OnnxRule = (call, context) => {
  const { attributes } = call.node;
  const block = attributes.number("blocksize", 1);
  return squares(call, context, "depthToSpace", block, attributes.text("mode", "DCR"));
};

export const spaceToDepth: OnnxRule = (call, context) =>
  squares(call, context, "spaceToDepth", call.node.attributes.number("blocksize", 1), "DCR");

/** Slice, attributes before version 10 and inputs since. */
export const slice: OnnxRule = (call, context) => {
  const starts = integersOf(call, "starts", 1);
  const ends = integersOf(call, "ends", 2);
  if (!starts || !ends) return unsupported(call, context, "where it cuts is computed");
  const axes = integersOf(call, "axes", 3) ?? starts.map((_, i) => i);
  if (call.inputs[4] && !listInput(call, 4)) {
    return unsupported(call, context, "its steps are computed");
  }
  const steps = listInput(call, 4) ?? [];
  const cuts = axes.map(
    (axis, i): Cut => ({ axis, start: starts[i], end: ends[i], step: steps[i] }),
  );
  return cut(call, context, cuts);
};

/** Split, into equal parts unless told otherwise. */
export const split: OnnxRule = (call, context) => {
  if (call.inputs[1] && !listInput(call, 1)) {
    return unsupported(call, context, "where it cuts is computed");
  }
  const lengths = integersOf(call, "split", 1);
  return divided(call, context, call.node.attributes.number("axis", 0), lengths);
};
