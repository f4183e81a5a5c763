import type { Value } from "../../graph/builder.ts";
import {
  channelAxis,
  fileShape,
  fromFront,
  type Layout,
  mapOfTwo,
  type Operand,
  valueOperand,
} from "../../graph/operands.ts";
import { reshapeValue } from "../../graph/reshape.ts";
import {
  integersOf,
  type OnnxCall,
  type OnnxContext,
  type OnnxRule,
  unsupported,
  valueInput,
} from "./context.ts";
import { layoutOf, layoutOfTwo } from "./layouts.ts";
import { number } from "./windows.ts";

/** Reshape to a constant shape. */
export const reshape: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const target = integersOf(call, "shape", 1);
  if (!input) return unsupported(call, context, "its input isn't a value of the network");
  if (!target || target.length < 1) return unsupported(call, context, "its shape is computed");
  const from = fileShape(input.value, input.layout);
  const keepsZero = number(call, "allowzero", 0) === 0;
  const sides = target.map((side, axis) => (side === 0 && keepsZero ? (from[axis] ?? -1) : side));
  return reshaped(call, context, input, sides.slice(1));
};

type Input = { readonly value: Value; readonly layout: Layout };

/** @param target in the file's layout, without the batch; one side may be −1. */
function reshaped(
  call: OnnxCall,
  context: OnnxContext,
  { value, layout }: Input,
  target: readonly number[],
): Operand {
  const toLayout = layoutBehind(call, context, { value, layout }, target.length);
  const isOfTwo = toLayout === "NCL" || toLayout === "NHW";
  const about = {
    name: call.name,
    type: call.node.op,
    layout: isOfTwo ? "NCHW" : toLayout,
  } as const;
  const wanted = isOfTwo && target.length === 2 ? mapOfTwo(target, toLayout) : target;
  const reshaped = reshapeValue(context.builder, about, value, wanted);
  if (!reshaped.turned) return valueOperand(reshaped, toLayout);
  return unsupported(call, context, "it makes a map of a vector, channels last");
}

/** Whether the file counts a value's elements as we do. */
function keepsOrder({ shape }: Value, layout: Layout): boolean {
  if (layout !== "NHWC" || shape?.length !== 3) return true;
  const [channels, height, width] = shape;
  return channels === 1 || (height === 1 && width === 1);
}

/** How the file sees the result of a reshaping. */
function layoutBehind(
  { node }: OnnxCall,
  context: OnnxContext,
  { value, layout }: Input,
  rank: number,
): Layout {
  if (rank === 2 && keepsOrder(value, layout)) return layoutOfTwo(node.outputs[0], context);
  if (rank === 3 && (value.shape?.length === 1 || layout === "NCL" || layout === "NHW")) {
    return layoutOf(node.outputs[0], context);
  }
  return layout;
}

/** Flatten; everything but the batch becomes one side. */
export const flatten: OnnxRule = (call, context) => {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, "its input isn't a value of the network");
  if (fromFront(number(call, "axis", 1), input.value, input.layout) !== 1) {
    return unsupported(call, context, "only the axes behind the batch can be flattened");
  }
  if (input.value.shape?.length === 1) return input;
  const layout = input.layout === "NHWC" ? "NHWC" : "NCHW";
  return valueOperand(context.builder.flatten(call.name, input.value, layout), layout);
};

/** Squeeze: drops sides of 1, those named or all. */
export const squeeze: OnnxRule = (call, context) => {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, "its input isn't a value of the network");
  const from = fileShape(input.value, input.layout);
  const axes = integersOf(call, "axes", 1)?.map((axis) =>
    fromFront(axis, input.value, input.layout),
  );
  const dropped = axes ?? from.flatMap((side, axis) => (side === 1 && axis > 0 ? [axis] : []));
  if (dropped.includes(0)) return unsupported(call, context, "the batch can't be dropped");
  return changed(
    call,
    context,
    input,
    from.filter((_, axis) => !dropped.includes(axis)),
  );
};

/** Unsqueeze: adds sides of 1. */
export const unsqueeze: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const axes = integersOf(call, "axes", 1);
  if (!input || !axes) return unsupported(call, context, "its input isn't a value of the network");
  const from = fileShape(input.value, input.layout);
  const rank = from.length + axes.length;
  const sorted = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (sorted[0] < 1) return unsupported(call, context, "the batch must stay in front");
  for (const axis of sorted) from.splice(axis, 0, 1);
  return changed(call, context, input, from);
};

function changed(
  call: OnnxCall,
  context: OnnxContext,
  input: Input,
  sides: readonly (number | null)[],
): Operand {
  const { value } = input;
  const layout = layoutBehind(call, context, input, sides.length - 1);
  // Only the file sees a difference: also where a side isn't known.
  const isSame =
    value.shape?.length === 3 &&
    sides.length > 2 &&
    fileShape(value, layout).join() === sides.join();
  if (isSame) return valueOperand(value, layout);
  if (sides.some((side) => side === null))
    return unsupported(call, context, "the size isn't known");
  return reshaped(call, context, input, sides.slice(1).map(Number));
}

/**
 * Transpose, between channels first and channels last. Nothing moves: a value keeps our layout, and only what the file
 * believes of it changes.
 */
export const transpose: OnnxRule = (call, context) => {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, "its input isn't a value of the network");
  const { value, layout } = input;
  const perm = (call.node.attributes.get("perm")?.ints ?? []).join();
  if (perm === "0,1" || perm === "0,1,2" || perm === "0,1,2,3") return input;
  const isMap = value.shape?.length === 3 && (layout === "NHWC" || layout === "NCHW");
  const wanted = layout === "NHWC" ? "0,3,1,2" : "0,2,3,1";
  if (!isMap || perm !== wanted) {
    return unsupported(
      call,
      context,
      `moving dimensions (${perm || "reversed"}) isn't supported here`,
    );
  }
  return valueOperand(value, layout === "NHWC" ? "NCHW" : "NHWC");
};

/** Concat along the channels or features. */
export const concat: OnnxRule = (call, context) => {
  const values = call.inputs.flatMap((input) => (input?.kind === "value" ? [input] : []));
  const [first] = values;
  if (!first || values.length < call.inputs.length)
    return unsupported(call, context, "it takes a constant");
  const axis = fromFront(number(call, "axis", 1), first.value, first.layout);
  if (axis !== channelAxis(first.value, first.layout)) {
    return unsupported(call, context, "only channels or features can be joined");
  }
  if (values.some(({ layout }) => layout !== first.layout)) {
    return unsupported(call, context, "its inputs lie in different layouts");
  }
  const inputs = values.map(({ value }) => value);
  return valueOperand(context.builder.add("concat", call.name, inputs, {}), first.layout);
};

/** GlobalAveragePool and GlobalMaxPool. */
export const globalPool =
  (op: "globalAvgPool" | "globalMaxPool"): OnnxRule =>
  (call, context) => {
    const input = valueInput(call);
    if (!input) return unsupported(call, context, "its input isn't a value of the network");
    if (input.layout === "NHW") return unsupported(call, context, "its input has no channels");
    const value = context.builder.add(op, call.name, [input.value], { keepDims: true });
    return valueOperand(value, input.layout);
  };

/** ReduceMean and ReduceMax over height and width. */
export const reduce =
  (op: "globalAvgPool" | "globalMaxPool"): OnnxRule =>
  (call, context) => {
    const input = valueInput(call);
    if (!input) return unsupported(call, context, "its input isn't a value of the network");
    const axes = integersOf(call, "axes", 1)?.map((axis) =>
      fromFront(axis, input.value, input.layout),
    );
    const wanted = { NHWC: "1,2", NCHW: "2,3", NCL: "2", NHW: "" }[input.layout];
    if (axes?.sort((a, b) => a - b).join() !== wanted || input.value.shape?.length !== 3) {
      return unsupported(call, context, "only height and width can be reduced, together");
    }
    const keepDims = number(call, "keepdims", 1) === 1;
    const value = context.builder.add(op, call.name, [input.value], { keepDims });
    return valueOperand(value, input.layout);
  };
