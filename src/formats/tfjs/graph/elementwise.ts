import { activationsByName, type PlainActivation } from "../../graph/activations.ts";
import { type Arithmetic, calculate } from "../../graph/arithmetic.ts";
import type { Value } from "../../graph/builder.ts";
import { numbersOf, type Operand, valueOperand } from "../../graph/operands.ts";
import {
  constantInput,
  mapped,
  NO_VALUE,
  type TfCall,
  type TfContext,
  type TfRule,
  unsupported,
  valueInput,
} from "./context.ts";

type Apply = (name: string, value: Value, call: TfCall, context: TfContext) => Value;

const plain =
  (op: PlainActivation | "softmax"): Apply =>
  (name, value, _, { builder }) =>
    builder.add(op, name, [value], {});

const APPLY: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ...[...activationsByName(({ tensorflow }) => [tensorflow])].map(
    ([operation, op]): [string, Apply] => [operation, plain(op)],
  ),
  ["Elu", (name, value, _, { builder }) => builder.add("elu", name, [value], { alpha: 1 })],
  [
    "LeakyRelu",
    (name, value, { node }, { builder }) => {
      const own = node.op === "LeakyRelu" ? "alpha" : "leakyrelu_alpha";
      const negativeSlope = node.attributes.number(own, 0.2);
      return builder.add("leakyRelu", name, [value], { negativeSlope });
    },
  ],
]);

/** The operations that are activations. */
export const ACTIVATION_OPERATIONS: readonly string[] = [...APPLY.keys()];

/** The activation that a fused layer carries, as a node of its own. */
export function activated(
  call: TfCall,
  context: TfContext,
  value: Value,
  activation: string,
): Operand {
  const apply = APPLY.get(activation);
  if (!apply)
    return unsupported(call, context, `the fused operation "${activation}" isn't supported`);
  const name = `${call.node.name}_${activation.toLowerCase()}`;
  return mapped(apply(name, value, call, context));
}

/** An activation. */
export const activation: TfRule = (call, context) => {
  const input = valueInput(call);
  const apply = APPLY.get(call.node.op);
  if (!input || !apply) return unsupported(call, context, NO_VALUE);
  return valueOperand(apply(call.node.name, input.value, call, context), input.layout);
};

/** Softmax, always over the last axis: the channels. */
export const softmax: TfRule = (call, context) => {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  return mapped(plain("softmax")(call.node.name, input.value, call, context));
};

/** A slope for each channel is trained; where all are the same it is a leaky ReLU. */
export const prelu: TfRule = (call, context) => {
  const input = valueInput(call);
  const tensor = constantInput(call, 1);
  const slopes = tensor && numbersOf(tensor);
  if (!input) return unsupported(call, context, NO_VALUE);
  if (!tensor || !slopes || slopes.length === 0 || slopes.some((slope) => slope !== slopes[0])) {
    return unsupported(call, context, "a slope of its own for each channel isn't supported");
  }
  context.taken.add(tensor.name);
  const attrs = { negativeSlope: slopes[0] };
  return mapped(context.builder.add("leakyRelu", call.node.name, [input.value], attrs));
};

export const arithmetic =
  (kind: Arithmetic): TfRule =>
  (call, context) => {
    const [a, b] = call.inputs;
    const outcome = calculate(context.builder, { name: call.node.name, kind, a, b });
    if (typeof outcome === "string") return unsupported(call, context, outcome);
    if (outcome.taken !== undefined) context.taken.add(outcome.taken);
    return outcome.result;
  };

/** Minimum and Maximum with a number. */
export const bounded =
  (kind: "min" | "max"): TfRule =>
  (call, context) => {
    const input = valueInput(call) ?? valueInput(call, 1);
    const tensor = constantInput(call, 0) ?? constantInput(call, 1);
    const bounds = tensor && numbersOf(tensor);
    if (!input || bounds?.length !== 1) {
      return unsupported(call, context, "only a value and a number can be compared");
    }
    const [bound] = bounds;
    const { builder } = context;
    if (kind === "max" && bound === 0) {
      return valueOperand(builder.add("relu", call.node.name, [input.value], {}), input.layout);
    }
    const attrs = kind === "max" ? { min: bound, max: 3.4e38 } : { min: -3.4e38, max: bound };
    return valueOperand(builder.add("clamp", call.node.name, [input.value], attrs), input.layout);
  };

/** Sum of several values. */
export const addN: TfRule = (call, context) => {
  const values = call.inputs.flatMap((input) => (input.kind === "value" ? [input.value] : []));
  if (values.length === 0 || values.length < call.inputs.length)
    return unsupported(call, context, NO_VALUE);
  return mapped(context.builder.add("add", call.node.name, values, {}));
};
