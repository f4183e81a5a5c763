import { NO_VALUE, unsupported, valueInput } from "../../graph/nodes/context.ts";
import { concatenated, reduced, reshaped, squeezed, unsqueezed } from "../../graph/nodes/shapes.ts";
import { fileShape, fromFront, valueOperand } from "../../graph/operands.ts";
import { movedSides } from "../../graph/taken_apart.ts";
import { integersOf, type OnnxRule, orderOf } from "./node.ts";
import { groupNormFrom, layerNormFrom } from "./norm_steps.ts";

/** Reshape to a constant shape, where it doesn't begin a group norm. */
export const reshape: OnnxRule = (call, context) => {
  const norm = groupNormFrom(call, context);
  if (norm) return norm;
  const input = valueInput(call);
  const target = integersOf(call, "shape", 1);
  if (!input) return unsupported(call, context, NO_VALUE);
  if (!target || target.length < 1) return unsupported(call, context, "its shape is computed");
  const from = fileShape(input.value, input.layout);
  const keepsZero = !call.node.attributes.flag("allowzero", false);
  const sides = target.map((side, axis) => (side === 0 && keepsZero ? (from[axis] ?? -1) : side));
  return reshaped(call, context, input, sides.slice(1));
};

/** Flatten; everything but the batch becomes one side. */
export const flatten: OnnxRule = (call, context) => {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { name, attributes } = call.node;
  if (fromFront(attributes.number("axis", 1), input.value, input.layout) !== 1) {
    return unsupported(call, context, "only the axes behind the batch can be flattened");
  }
  if (input.value.shape?.length === 1) return input;
  const layout = input.layout === "NHWC" || input.layout === "NLC" ? "NHWC" : "NCHW";
  return valueOperand(context.builder.flatten(name, input.value, layout), layout);
};

export const squeeze: OnnxRule = (call, context) =>
  squeezed(call, context, integersOf(call, "axes", 1));

export const unsqueeze: OnnxRule = (call, context) =>
  unsqueezed(call, context, integersOf(call, "axes", 1));

/**
 * Transpose, between channels first and channels last. Nothing moves: a value keeps our layout, and only what the file
 * believes of it changes.
 */
export const transpose: OnnxRule = (call, context) => {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { value, layout } = input;
  const order = orderOf(call.node) ?? [];
  const perm = order.join();
  if (value.apart) {
    const moved =
      order[0] === 0 &&
      movedSides(
        value,
        order.slice(1).map((axis) => axis - 1),
      );
    if (moved) return valueOperand(moved, layout);
    return unsupported(call, context, `moving dimensions (${perm}) isn't supported here`);
  }
  if (perm === "0,1" || perm === "0,1,2" || perm === "0,1,2,3") return input;
  if (perm === "0,2,1" && (layout === "NCL" || layout === "NLC")) {
    return valueOperand(value, layout === "NCL" ? "NLC" : "NCL");
  }
  const isMap = value.shape?.length === 3 && (layout === "NHWC" || layout === "NCHW");
  const wanted = layout === "NHWC" ? "0,3,1,2" : "0,2,3,1";
  if (!isMap || perm !== wanted) {
    const why = `moving dimensions (${perm || "reversed"}) isn't supported here`;
    return unsupported(call, context, why);
  }
  return valueOperand(value, layout === "NHWC" ? "NCHW" : "NHWC");
};

export const concat: OnnxRule = (call, context) =>
  concatenated(call, context, call.inputs, call.node.attributes.number("axis", 1));

/** ReduceMean and ReduceMax over height and width, where they don't begin a layer norm. */
export const reduce =
  (op: "globalAvgPool" | "globalMaxPool"): OnnxRule =>
  (call, context) => {
    const norm = layerNormFrom(call, context);
    if (norm) return norm;
    const keepDims = call.node.attributes.flag("keepdims", true);
    return reduced(call, context, op, integersOf(call, "axes", 1), keepDims);
  };
