import type { Value } from "../builder.ts";
import {
  channelAxis,
  fileShape,
  fromFront,
  integerConstant,
  isOfTwo,
  type Layout,
  type LayoutOfTwo,
  mapOfTwo,
  type Operand,
  type ValueOperand,
  valueOperand,
} from "../operands.ts";
import { reshapeValue } from "../reshape.ts";
import {
  NO_VALUE,
  type NodeCall,
  type NodeContext,
  type NodeRule,
  unsupported,
  valueInput,
} from "./context.ts";

/** A node that gives what it takes. */
export const identity: NodeRule = (call, context) =>
  call.inputs[0] ?? unsupported(call, context, "it has no input");

/** @param target in the file's layout, without the batch; one side may be −1. */
export function reshaped(
  call: NodeCall,
  context: NodeContext,
  input: ValueOperand,
  target: readonly number[],
): Operand {
  const layout = context.layoutBehind(call.node.outputs[0], input, target.length);
  const isLast = layout === "NHWC" || layout === "NLC";
  const about = {
    name: call.node.name,
    type: call.node.op,
    layout: isLast ? "NHWC" : "NCHW",
  } as const;
  const wanted = target.length === 2 && isOfTwo(layout) ? sidesOfTwo(target, layout) : target;
  const value = reshapeValue(context.builder, about, input.value, wanted);
  if (!value.turned) return valueOperand(value, layout);
  return unsupported(call, context, "it makes a map of a vector, channels last");
}

/** Two sides as a map's three, in the order that the file would have them in. */
function sidesOfTwo(sides: readonly number[], layout: LayoutOfTwo): readonly number[] {
  return layout === "NLC" ? [1, ...sides] : mapOfTwo(sides, layout);
}

/** Whether the file counts a value's elements as we do. */
export function keepsOrder({ shape }: Value, layout: Layout): boolean {
  if ((layout !== "NHWC" && layout !== "NLC") || shape?.length !== 3) return true;
  const [channels, height, width] = shape;
  return channels === 1 || (height === 1 && width === 1);
}

/** Drops sides of 1, those of some axes or all. */
export function squeezed(
  call: NodeCall,
  context: NodeContext,
  axes: readonly number[] | undefined,
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const from = fileShape(input.value, input.layout);
  const dropped =
    axes?.map((axis) => fromFront(axis, input.value, input.layout)) ??
    from.flatMap((side, axis) => (side === 1 && axis > 0 ? [axis] : []));
  if (dropped.includes(0)) return unsupported(call, context, "the batch can't be dropped");
  const sides = from.filter((_, axis) => !dropped.includes(axis));
  return withSides(call, context, input, sides);
}

/** Adds sides of 1 as these axes of the result. */
export function unsqueezed(
  call: NodeCall,
  context: NodeContext,
  axes: readonly number[] | undefined,
): Operand {
  const input = valueInput(call);
  if (!input || !axes) return unsupported(call, context, NO_VALUE);
  const from = fileShape(input.value, input.layout);
  const rank = from.length + axes.length;
  const sorted = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (sorted[0] < 1) return unsupported(call, context, "the batch must stay in front");
  for (const axis of sorted) from.splice(axis, 0, 1);
  return withSides(call, context, input, from);
}

function withSides(
  call: NodeCall,
  context: NodeContext,
  input: ValueOperand,
  sides: readonly (number | null)[],
): Operand {
  const { value } = input;
  const layout = context.layoutBehind(call.node.outputs[0], input, sides.length - 1);
  // Only the file sees a difference: also where a side isn't known.
  const isSame =
    value.shape?.length === 3 &&
    sides.length > 2 &&
    fileShape(value, layout).join() === sides.join();
  if (isSame) return valueOperand(value, layout);
  if (sides.some((side) => side === null)) {
    return unsupported(call, context, "the size isn't known");
  }
  return reshaped(call, context, input, sides.slice(1).map(Number));
}

/** Joins values along the channels or features. */
export function concatenated(
  call: NodeCall,
  context: NodeContext,
  inputs: NodeCall["inputs"],
  axis: number,
): Operand {
  const values = inputs.flatMap((input) => (input?.kind === "value" ? [input] : []));
  const [first] = values;
  if (!first || values.length < inputs.length) {
    return unsupported(call, context, "it takes a constant");
  }
  const { value, layout } = first;
  if (fromFront(axis, value, layout) !== channelAxis(value, layout)) {
    return unsupported(call, context, "only channels or features can be joined");
  }
  if (values.some((other) => other.layout !== layout)) {
    return unsupported(call, context, "its inputs lie in different layouts");
  }
  const joined = values.map((other) => other.value);
  return valueOperand(context.builder.add("concat", call.node.name, joined, {}), layout);
}

/** The mean or maximum over height and width. */
export function reduced(
  call: NodeCall,
  context: NodeContext,
  op: "globalAvgPool" | "globalMaxPool",
  axes: readonly number[] | undefined,
  keepDims: boolean,
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { value, layout } = input;
  const found = axes?.map((axis) => fromFront(axis, value, layout)).sort((a, b) => a - b);
  const wanted = { NHWC: "1,2", NCHW: "2,3", NCL: "2", NLC: "1", NHW: "", ANY: "" }[layout];
  if (found?.join() !== wanted || value.shape?.length !== 3) {
    return unsupported(call, context, "only height and width can be reduced, together");
  }
  return valueOperand(context.builder.add(op, call.node.name, [value], { keepDims }), layout);
}

/** An input's shape, where it is known. The batch counts as 1: whatever is done with it, a new shape begins with it again. */
export function shapeOf({ inputs: [input] }: NodeCall): Operand | undefined {
  if (!input) return undefined;
  const shape =
    input.kind === "constant"
      ? input.tensor.shape
      : input.value.shape && fileShape(input.value, input.layout);
  if (!shape?.every((side) => side !== null)) return undefined;
  return integerConstant(shape, [shape.length]);
}
