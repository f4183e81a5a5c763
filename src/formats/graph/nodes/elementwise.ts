import type { PlainActivation } from "../activations.ts";
import { type Arithmetic, calculate } from "../arithmetic.ts";
import { addClamp } from "../bounds.ts";
import type { Value } from "../builder.ts";
import { channelAxis, fromFront, valueOperand } from "../operands.ts";
import {
  listInput,
  NO_VALUE,
  type NodeCall,
  type NodeContext,
  type NodeRule,
  unsupported,
  valueInput,
} from "./context.ts";
import { onlyFollower } from "./followers.ts";

/** Adds the layer of an operator of one value under a name; a text says why it can't be done. */
export type Apply = (
  call: NodeCall,
  context: NodeContext,
  value: Value,
  name: string,
) => Value | string;

/** A rule for an operator of one value, whose layout stays as it is. */
export function onValue(apply: Apply): NodeRule {
  return (call, context) => {
    const input = valueInput(call);
    if (!input) return unsupported(call, context, NO_VALUE);
    const value = apply(call, context, input.value, call.node.name);
    return typeof value === "string" ? unsupported(call, context, value) : { ...input, value };
  };
}

export const plain =
  (op: PlainActivation): Apply =>
  (_, { builder }, value, name) =>
    builder.add(op, name, [value], {});

export const leakyRelu =
  (fallback: number, attribute = "alpha"): Apply =>
  ({ node }, { builder }, value, name) =>
    builder.add("leakyRelu", name, [value], {
      negativeSlope: node.attributes.number(attribute, fallback),
    });

export const elu: Apply = ({ node }, { builder }, value, name) =>
  builder.add("elu", name, [value], { alpha: node.attributes.number("alpha", 1) });

/** Changes all signs. */
export const negative: Apply = (_, { builder }, value, name) =>
  builder.add("rescale", name, [value], { scale: [-1], offset: [0] });

export const square: Apply = (_, { builder }, value, name) =>
  builder.add("mul", name, [value, value], {});

/** A power, of multiplications or a square root where these give it. */
export const pow: Apply = (call, { builder }, value, name) => {
  const [exponent, ...others] = listInput(call, 1) ?? [];
  if (exponent === undefined || others.length > 0 || !Number.isFinite(exponent)) {
    return "only powers by one number are supported";
  }
  if (exponent === 0.5) return builder.add("sqrt", name, [value], {});
  if (exponent === 1) return value;
  const isCount = Number.isInteger(exponent) && exponent > 1 && exponent <= 8;
  if (!isCount) return builder.add("pow", name, [value], { exponent });
  return builder.add("mul", name, new Array<Value>(exponent).fill(value), {});
};

export const inverseRoot: Apply = (_, { builder }, value, name) =>
  builder.add("pow", name, [value], { exponent: -0.5 });

export const reciprocal: Apply = (_, { builder }, value, name) =>
  builder.add("pow", name, [value], { exponent: -1 });

/** The lesser or the greater of a value and a number. */
export const bounded =
  (kind: "min" | "max"): NodeRule =>
  (call, context) => {
    const input = valueInput(call) ?? valueInput(call, 1);
    const bounds = listInput(call, 0) ?? listInput(call, 1);
    if (!input || bounds?.length !== 1 || call.inputs.length !== 2) {
      return unsupported(call, context, "only a value and a number can be compared");
    }
    const [min, max] = kind === "max" ? [bounds[0], Infinity] : [-Infinity, bounds[0]];
    const value = addClamp(context.builder, call.node.name, input.value, min, max);
    return { ...input, value };
  };

/**
 * Softmax over the channels, or its logarithm, also in two steps.
 *
 * @param isOld in ONNX before version 13 all axes from the given one on counted as one.
 */
export const softmax =
  (op: "softmax" | "logSoftmax", isOld = false): NodeRule =>
  (call, context) => {
    const input = valueInput(call);
    if (!input) return unsupported(call, context, NO_VALUE);
    const { value, layout } = input;
    const { name, attributes } = call.node;
    const axis = fromFront(attributes.number("axis", isOld ? 1 : -1), value, layout);
    const [, ...sides] = value.shape ?? [];
    const isColumn = sides.every((side) => side === 1);
    const isChannels =
      axis === channelAxis(value, layout) && (!isOld || isColumn || layout === "NHWC");
    if (!isChannels && !(isColumn && axis === 1)) {
      const why = "softmax over other axes than the channels isn't supported";
      return unsupported(call, context, why);
    }
    const follower = op === "softmax" ? onlyFollower(call.node, context) : undefined;
    if (follower?.op !== "Log")
      return valueOperand(context.builder.add(op, name, [value], {}), layout);
    const log = context.builder.add("logSoftmax", follower.name, [value], {});
    context.operands.set(follower.outputs[0], valueOperand(log, layout));
    return valueOperand(log, layout);
  };

/** The sum, difference, product or quotient of two values, or of a value and a constant. */
export const arithmetic =
  (kind: Arithmetic): NodeRule =>
  (call, context) => {
    const [a, b] = call.inputs;
    const outcome = calculate(context.builder, { name: call.node.name, kind, a, b });
    if (typeof outcome === "string") return unsupported(call, context, outcome);
    if (outcome.taken !== undefined) context.taken.add(outcome.taken);
    return valueOperand(outcome.value, outcome.layout);
  };

/** The sum of several values. */
export const sum: NodeRule = (call, context) => {
  const values = call.inputs.flatMap((input) => (input?.kind === "value" ? [input] : []));
  const [first] = values;
  if (values.length === 0 || values.length < call.inputs.length) {
    return unsupported(call, context, "it adds a constant");
  }
  if (values.some(({ layout }) => layout !== first.layout)) {
    return unsupported(call, context, "its inputs lie in different layouts");
  }
  const inputs = values.map(({ value }) => value);
  return valueOperand(context.builder.add("add", call.node.name, inputs, {}), first.layout);
};
