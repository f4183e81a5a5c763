import type { HW } from "../../../base/index.ts";
import {
  constantInput,
  listInput,
  NO_VALUE,
  NO_WEIGHTS,
  unsupported,
  valueInput,
} from "../../graph/nodes/context.ts";
import { addLayer } from "../../graph/nodes/layers.ts";
import * as nodes from "../../graph/nodes/rearranging.ts";
import { fileShape } from "../../graph/operands.ts";
import { halvedPadding, reachOf } from "../../graph/transposed.ts";
import { hwioToOihw } from "../../keras/config/conv.ts";
import { paddingOf, sidesOf } from "./layers.ts";
import type { TfCall, TfRule } from "./nodes.ts";

/** Conv2DBackpropInput: the size of the result, kernels [h, w, out, in], and the value. */
export const convTranspose2d: TfRule = (call, context) => {
  const kernel = constantInput(call, 1);
  const input = valueInput(call, 2);
  if (kernel?.shape.length !== 4) return unsupported(call, context, NO_WEIGHTS);
  if (!input) return unsupported(call, context, NO_VALUE);
  const stride = sidesOf(call, "strides");
  const dilation = sidesOf(call, "dilations");
  const padding = paddingOf(call);
  if (!stride || !dilation || !padding || (padding !== "same" && padding.some((n) => n > 0))) {
    const why = "its strides, dilations or padding aren't of a map with channels last";
    return unsupported(call, context, why);
  }
  const [height, width, outChannels, inChannels] = kernel.shape;
  const kernelSize: HW = [height, width];
  const total = narrowerBy(call, input.value.shape ?? [], reachOf(kernelSize, dilation), stride);
  const isFitting = padding === "same" || total.every((n) => n <= 0);
  if (!isFitting) return unsupported(call, context, "its size doesn't fit its input's");
  const shape = { kernelSize, inChannels, outChannels, groups: 1 };
  const attrs = { ...shape, stride, dilation, ...halvedPadding(total) };
  return addLayer(call, context, input, {
    kernel,
    outputs: outChannels,
    axis: -1,
    make: (name, bias, earlier) => {
      const weights = earlier ?? { weight: hwioToOihw(kernel), bias };
      return context.builder.add("convTranspose2d", name, [input.value], attrs, weights);
    },
  });
};

/** By how much the result is narrower than all that the kernels reach; as Keras has it where its size is computed. */
function narrowerBy(
  call: TfCall,
  [, height, width]: readonly (number | null)[],
  reach: HW,
  stride: HW,
): HW {
  const size = listInput(call, 0);
  const isSame = paddingOf(call) === "same";
  const along = (axis: 0 | 1, side: number | null | undefined) => {
    const usual = reach[axis] - stride[axis];
    if (!size || !side) return isSame ? usual : Math.min(usual, 0);
    return (side - 1) * stride[axis] + reach[axis] - size[size.length - 3 + axis];
  };
  return [along(0, height), along(1, width)];
}

/** ResizeBilinear and ResizeNearestNeighbor, whose places are those of corners, of halves of pixels, or of neither. */
export const resize =
  (mode: "nearest" | "bilinear"): TfRule =>
  (call, context) => {
    const { attributes } = call.node;
    const size = listInput(call, 1);
    const channels = valueInput(call)?.value.shape?.[0] ?? 1;
    if (size?.length !== 2) return unsupported(call, context, "its size is computed");
    const isHalf = attributes.flag("half_pixel_centers");
    const hasCorners = attributes.flag("align_corners");
    const coordinates = hasCorners ? "alignCorners" : isHalf ? "halfPixel" : "asymmetric";
    const rounding = hasCorners || isHalf ? "preferCeil" : "floor";
    const target = { size: [...size, channels] };
    return nodes.resized(call, context, target, { mode, coordinates, rounding });
  };

/** DepthToSpace and SpaceToDepth: the square's number comes before the channel's. */
export const squares =
  (op: "depthToSpace" | "spaceToDepth"): TfRule =>
  (call, context) =>
    nodes.squares(call, context, op, call.node.attributes.number("block_size", 1), "DCR");

/** Slice: where it begins and how much it takes, −1 for all that is left. */
export const slice: TfRule = (call, context) => {
  const begin = listInput(call, 1);
  const size = listInput(call, 2);
  if (!begin || !size) return unsupported(call, context, "where it cuts is computed");
  const cuts = begin.map((start, axis) => {
    const end = size[axis] === -1 ? Number.MAX_SAFE_INTEGER : start + size[axis];
    return { axis, start, end };
  });
  return nodes.cut(call, context, cuts.slice(1));
};

/** StridedSlice as x[:, a:b, ::2] writes it. */
export const stridedSlice: TfRule = (call, context) => {
  const { attributes } = call.node;
  const [begin, end, strides] = [1, 2, 3].map((index) => listInput(call, index));
  if (!begin || !end || !strides) return unsupported(call, context, "where it cuts is computed");
  const mask = (name: string, axis: number) =>
    (attributes.number(`${name}_mask`, 0) >> axis) % 2 === 1;
  const isPlain = ["ellipsis", "new_axis", "shrink_axis"].every(
    (name) => attributes.number(`${name}_mask`, 0) === 0,
  );
  if (!isPlain) return unsupported(call, context, "only ranges of whole axes are supported");
  const cuts = begin.map((start, axis) => ({
    axis,
    start: mask("begin", axis) ? 0 : start,
    end: mask("end", axis) ? Number.MAX_SAFE_INTEGER : end[axis],
    step: strides[axis],
  }));
  const [batch, ...others] = cuts;
  if (batch && (batch.start !== 0 || batch.end < Number.MAX_SAFE_INTEGER || batch.step !== 1)) {
    return unsupported(call, context, "the batch can't be cut");
  }
  return nodes.cut(call, context, others);
};

/** Split into equal parts, the axis first; SplitV into those of a list. */
export const split: TfRule = (call, context) => {
  const isV = call.node.op === "SplitV";
  const given = isV ? call : { ...call, inputs: [call.inputs[1]] };
  const input = valueInput(given);
  const [axis] = listInput(call, isV ? 2 : 0) ?? [];
  const lengths = isV ? listInput(call, 1) : undefined;
  if (!input) return unsupported(call, context, NO_VALUE);
  if (axis === undefined || (isV && !lengths)) {
    return unsupported(call, context, "where it cuts is computed");
  }
  const side = fileShape(input.value, input.layout).at(axis) ?? 0;
  const known = lengths?.reduce((sum, length) => sum + Math.max(length, 0), 0) ?? 0;
  const filled = lengths?.map((length) => (length === -1 ? side - known : length));
  return nodes.divided(given, context, axis, filled);
};
