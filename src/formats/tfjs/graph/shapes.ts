import { listInput, NO_VALUE, unsupported, valueInput } from "../../graph/nodes/context.ts";
import {
  concatenated,
  reduced,
  reshaped,
  shapeOf,
  squeezed,
  unsqueezed,
} from "../../graph/nodes/shapes.ts";
import {
  constantOperand,
  integerConstant,
  numbersOf,
  type Operand,
  valueOperand,
} from "../../graph/operands.ts";
import { movedSides } from "../../graph/taken_apart.ts";
import type { TfCall, TfRule } from "./nodes.ts";

/** Reshape to a constant shape. */
export const reshape: TfRule = (call, context) => {
  const input = valueInput(call);
  const target = listInput(call, 1);
  if (!target) return unsupported(call, context, "its shape is computed");
  if (!input) return unsupported(call, context, NO_VALUE);
  return reshaped(call, context, input, target.slice(1));
};

/** Undefined where all sides of 1 go. */
export function axesOfSqueeze({ node: { attributes } }: TfCall): number[] | undefined {
  const axes = ["squeeze_dims", "axis"].flatMap((name) => attributes.integers(name) ?? []);
  return axes.length > 0 ? axes : undefined;
}

export const squeeze: TfRule = (call, context) => squeezed(call, context, axesOfSqueeze(call));

export const expandDims: TfRule = (call, context) =>
  unsqueezed(call, context, listInput(call, 1)?.slice(0, 1));

/** ConcatV2; the axis comes last. */
export const concat: TfRule = (call, context) => {
  const [axis] = listInput(call, -1) ?? [];
  if (axis === undefined) return unsupported(call, context, "its axis is computed");
  return concatenated(call, context, call.inputs.slice(0, -1), axis);
};

/** Mean and Max over height and width. */
export const reduce =
  (op: "globalAvgPool" | "globalMaxPool"): TfRule =>
  (call, context) =>
    reduced(call, context, op, listInput(call, 1), call.node.attributes.flag("keep_dims"));

/** Transpose that moves nothing. */
export const transpose: TfRule = (call, context) => {
  const input = valueInput(call);
  const order = listInput(call, 1);
  const moved =
    input &&
    order?.[0] === 0 &&
    movedSides(
      input.value,
      order.slice(1).map((axis) => axis - 1),
    );
  if (moved) return valueOperand(moved, input.layout);
  if (input && !input.value.apart && order?.every((axis, i) => axis === i)) return input;
  const why = `moving dimensions (${order ?? "computed"}) isn't supported here`;
  return unsupported(call, context, why);
};

/**
 * Computes what is known already: the shapes that graphs compute for their Reshape ("the batch and −1").
 *
 * @returns undefined when the node isn't of that kind.
 */
export function folded(call: TfCall): Operand | undefined {
  const { op, attributes } = call.node;
  const [input] = call.inputs;
  if (op === "Shape") return shapeOf(call);
  const lists = call.inputs.map((operand) =>
    operand?.kind === "constant" ? numbersOf(operand.tensor) : undefined,
  );
  if (lists.length === 0 || !lists.every((list) => list !== undefined)) return undefined;
  const listOf = (values: readonly number[]) => integerConstant(values, [values.length]);
  if (op === "Pack") return listOf(lists.flat());
  if (op === "ConcatV2") return listOf(lists.slice(0, -1).flat());
  if (op === "Cast" && input?.kind === "constant") return constantOperand(input.tensor);
  if (op === "Prod") return integerConstant([lists[0].reduce((a, b) => a * b, 1)], []);
  if (op !== "StridedSlice") return undefined;
  const [list, [start], [end]] = lists;
  if (attributes.number("shrink_axis_mask", 0) === 1) {
    return integerConstant([list.at(start) ?? 1], []);
  }
  const from = attributes.number("begin_mask", 0) === 1 ? 0 : start;
  const to = attributes.number("end_mask", 0) === 1 ? list.length : end;
  return listOf(list.slice(from, to));
}
