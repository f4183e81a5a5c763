import {
  channelAxis,
  constantOperand,
  fileShape,
  fromFront,
  integerConstant,
  numbersOf,
  type Operand,
  type ValueOperand,
  valueOperand,
} from "../../graph/operands.ts";
import { reshapeValue } from "../../graph/reshape.ts";
import {
  LAYOUT,
  listInput,
  mapped,
  NO_VALUE,
  type TfCall,
  type TfContext,
  type TfRule,
  unsupported,
  valueInput,
} from "./context.ts";

/** Reshape of a value, or of a constant. */
export const reshape: TfRule = (call, context) => {
  const target = listInput(call, 1);
  const [input] = call.inputs;
  if (!target) return unsupported(call, context, "its shape is computed");
  if (input?.kind !== "value") return unsupported(call, context, NO_VALUE);
  return reshaped(call, context, input, target.slice(1));
};

function reshaped(
  call: TfCall,
  context: TfContext,
  { value }: ValueOperand,
  target: readonly number[],
): Operand {
  const about = { name: call.node.name, type: call.node.op, layout: LAYOUT };
  const result = reshapeValue(context.builder, about, value, target);
  if (!result.turned) return mapped(result);
  return unsupported(call, context, "it makes a map of a vector");
}

/** Squeeze: drops sides of 1, those named or all. */
export const squeeze: TfRule = (call, context) => {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const from = fileShape(input.value, LAYOUT);
  const { attributes } = call.node;
  const named = [...attributes.integers("squeeze_dims"), ...attributes.integers("axis")];
  const axes = named.map((axis) => fromFront(axis, input.value));
  const dropped =
    axes.length > 0 ? axes : from.flatMap((side, axis) => (side === 1 && axis > 0 ? [axis] : []));
  const sides = from.filter((_, axis) => !dropped.includes(axis));
  if (dropped.includes(0) || sides.some((side) => side === null)) {
    return unsupported(call, context, "the sides to be dropped can't be told");
  }
  return reshaped(call, context, input, sides.slice(1).map(Number));
};

/** ExpandDims: adds a side of 1. */
export const expandDims: TfRule = (call, context) => {
  const input = valueInput(call);
  const axis = listInput(call, 1)?.[0];
  if (!input || axis === undefined) return unsupported(call, context, NO_VALUE);
  const from = fileShape(input.value, LAYOUT);
  const at = axis < 0 ? axis + from.length + 1 : axis;
  if (at < 1 || from.some((side) => side === null)) {
    return unsupported(call, context, "the batch must stay in front");
  }
  from.splice(at, 0, 1);
  return reshaped(call, context, input, from.slice(1).map(Number));
};

/** ConcatV2 along the channels or features; the axis comes last. */
export const concat: TfRule = (call, context) => {
  const values = call.inputs
    .slice(0, -1)
    .flatMap((input) => (input.kind === "value" ? [input.value] : []));
  const axis = listInput(call, -1)?.[0];
  const [first] = values;
  if (!first || axis === undefined || values.length < call.inputs.length - 1) {
    return unsupported(call, context, NO_VALUE);
  }
  if (fromFront(axis, first) !== channelAxis(first, LAYOUT)) {
    return unsupported(call, context, "only channels or features can be joined");
  }
  return mapped(context.builder.add("concat", call.node.name, values, {}));
};

/** Mean and Max over height and width. */
export const reduce =
  (op: "globalAvgPool" | "globalMaxPool"): TfRule =>
  (call, context) => {
    const input = valueInput(call);
    if (!input) return unsupported(call, context, NO_VALUE);
    const axes = listInput(call, 1)?.map((axis) => fromFront(axis, input.value));
    if (axes?.sort((a, b) => a - b).join() !== "1,2" || input.value.shape?.length !== 3) {
      return unsupported(call, context, "only height and width can be reduced, together");
    }
    const keepDims = call.node.attributes.flag("keep_dims");
    return mapped(context.builder.add(op, call.node.name, [input.value], { keepDims }));
  };

/** Transpose that moves nothing. */
export const transpose: TfRule = (call, context) => {
  const input = valueInput(call);
  const order = listInput(call, 1);
  if (input && order?.every((axis, i) => axis === i)) return input;
  return unsupported(
    call,
    context,
    `moving dimensions (${order ?? "computed"}) isn't supported here`,
  );
};

/**
 * Computes what is known already: the shapes that graphs compute for their Reshape ("the batch and −1").
 *
 * @returns undefined when the node isn't of that kind.
 */
export function folded(call: TfCall): Operand | undefined {
  const { op, attributes } = call.node;
  const [input] = call.inputs;
  if (op === "Shape" && input?.kind === "value" && input.value.shape) {
    const shape = fileShape(input.value, LAYOUT);
    return shape.every((side) => side !== null)
      ? integerConstant(shape, [shape.length])
      : undefined;
  }
  const lists = call.inputs.map((operand) =>
    operand.kind === "constant" ? numbersOf(operand.tensor) : undefined,
  );
  if (lists.length === 0 || !lists.every((list) => list !== undefined)) return undefined;
  if (op === "Pack") return integerConstant(lists.flat(), [lists.flat().length]);
  if (op === "ConcatV2")
    return integerConstant(lists.slice(0, -1).flat(), [lists.slice(0, -1).flat().length]);
  if (op === "Cast" && input?.kind === "constant") return constantOperand(input.tensor);
  if (op === "Prod")
    return integerConstant([lists[0].reduce((product, side) => product * side, 1)], []);
  if (op !== "StridedSlice") return undefined;
  const [list, [start], [end]] = lists;
  if (attributes.number("shrink_axis_mask", 0) === 1)
    return integerConstant([list.at(start) ?? 1], []);
  const from = attributes.number("begin_mask", 0) === 1 ? 0 : start;
  const to = attributes.number("end_mask", 0) === 1 ? list.length : end;
  const part = list.slice(from, to);
  return integerConstant(part, [part.length]);
}

/** A node that gives what it takes. */
export const identity: TfRule = (call, context) => {
  const [input] = call.inputs;
  if (input?.kind === "value") return valueOperand(input.value, input.layout);
  return input ?? unsupported(call, context, NO_VALUE);
};
