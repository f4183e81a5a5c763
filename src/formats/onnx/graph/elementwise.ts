import type { PlainActivation } from "../../graph/activations.ts";
import { type Arithmetic, calculate } from "../../graph/arithmetic.ts";
import type { Value } from "../../graph/builder.ts";
import { channelAxis, fromFront, numbersOf, valueOperand } from "../../graph/operands.ts";
import {
  constantInput,
  type OnnxCall,
  type OnnxContext,
  type OnnxRule,
  unsupported,
  valueInput,
} from "./context.ts";
import { onlyFollower } from "./followers.ts";
import { geluFrom } from "./gelu.ts";
import { number } from "./windows.ts";

type Apply = (call: OnnxCall, context: OnnxContext, value: Value) => Value | string;

/** A rule for an operator of one value, whose layout stays as it is. */
function onValue(apply: Apply): OnnxRule {
  return (call, context) => {
    const input = valueInput(call);
    if (!input) return unsupported(call, context, "its input isn't a value of the network");
    const value = apply(call, context, input.value);
    return typeof value === "string"
      ? unsupported(call, context, value)
      : valueOperand(value, input.layout);
  };
}

export const plain = (op: PlainActivation): OnnxRule =>
  onValue(({ name }, { builder }, value) => builder.add(op, name, [value], {}));

export const leakyRelu = onValue((call, { builder }, value) =>
  builder.add("leakyRelu", call.name, [value], { negativeSlope: number(call, "alpha", 0.01) }),
);

export const elu = onValue((call, { builder }, value) =>
  builder.add("elu", call.name, [value], { alpha: number(call, "alpha", 1) }),
);

export const gelu = onValue(({ name, node }, { builder }, value) => {
  const approximate = node.attributes.get("approximate")?.s === "tanh" ? "tanh" : "none";
  return builder.add("gelu", name, [value], { approximate });
});

/** max(0, min(1, α x + β)); PyTorch's is that of 1/6 and 1/2. */
export const hardSigmoid = onValue((call, { builder }, value) => {
  const [scale, offset] = [number(call, "alpha", 0.2), number(call, "beta", 0.5)];
  if (Math.abs(scale - 1 / 6) < 1e-6 && offset === 0.5) {
    return builder.add("hardsigmoid", call.name, [value], {});
  }
  const line = builder.add("rescale", `${call.name}_line`, [value], {
    scale: [scale],
    offset: [offset],
  });
  return builder.add("clamp", call.name, [line], { min: 0, max: 1 });
});

/** A slope for each channel is trained in PReLU; where all are the same it is a leaky ReLU. */
export const prelu = onValue((call, { builder, taken }, value) => {
  const tensor = constantInput(call, 1);
  const slopes = tensor && numbersOf(tensor);
  if (!tensor || !slopes || slopes.length === 0 || slopes.some((slope) => slope !== slopes[0])) {
    return "a slope of its own for each channel isn't supported";
  }
  taken.add(tensor.name);
  return builder.add("leakyRelu", call.name, [value], { negativeSlope: slopes[0] });
});

/** Bounds are attributes before version 11, and inputs since. */
export const clip = onValue((call, { builder }, value) => {
  const bound = (attribute: string, index: number, fallback: number) => {
    const tensor = constantInput(call, index);
    return tensor ? (numbersOf(tensor)?.[0] ?? fallback) : number(call, attribute, fallback);
  };
  if ([1, 2].some((index) => call.inputs[index]?.kind === "value"))
    return "its bounds are computed";
  return clamped(call, builder, value, bound("min", 1, -Infinity), bound("max", 2, Infinity));
});

function clamped(
  { name }: OnnxCall,
  builder: OnnxContext["builder"],
  value: Value,
  min: number,
  max: number,
): Value {
  if (min === 0 && max === 6) return builder.add("relu6", name, [value], {});
  if (min === 0 && max >= 3e38) return builder.add("relu", name, [value], {});
  // Infinity can't be kept in JSON, and float32 has nothing larger.
  const bounds = { min: Math.max(min, -3.4e38), max: Math.min(max, 3.4e38) };
  return builder.add("clamp", name, [value], bounds);
}

/** Min and Max with a number. */
export const bounded =
  (kind: "min" | "max"): OnnxRule =>
  (call, context) => {
    const input = valueInput(call) ?? valueInput(call, 1);
    const tensor = constantInput(call, 0) ?? constantInput(call, 1);
    const bounds = tensor && numbersOf(tensor);
    if (!input || bounds?.length !== 1 || call.inputs.length !== 2) {
      return unsupported(call, context, "only a value and a number can be compared");
    }
    const [min, max] = kind === "max" ? [bounds[0], Infinity] : [-Infinity, bounds[0]];
    return valueOperand(clamped(call, context.builder, input.value, min, max), input.layout);
  };

/**
 * Softmax over the channels, or its logarithm, also in two steps. Before version 13 all axes from the given one on counted
 * as one.
 */
export const softmaxOf =
  (op: "softmax" | "logSoftmax"): OnnxRule =>
  (call, context) => {
    const input = valueInput(call);
    if (!input) return unsupported(call, context, "its input isn't a value of the network");
    const { value, layout } = input;
    const isOld = context.opset < 13;
    const axis = fromFront(number(call, "axis", isOld ? 1 : -1), value, layout);
    const [, ...sides] = value.shape ?? [];
    const isColumn = sides.every((side) => side === 1);
    const isChannels =
      axis === channelAxis(value, layout) && (!isOld || isColumn || layout === "NHWC");
    if (!isChannels && !(isColumn && axis === 1)) {
      return unsupported(
        call,
        context,
        "softmax over other axes than the channels isn't supported",
      );
    }
    const log = op === "softmax" ? onlyFollower(call.node, "Log", context) : undefined;
    if (!log) return valueOperand(context.builder.add(op, call.name, [value], {}), layout);
    const name = log.name || log.outputs[0];
    const result = valueOperand(context.builder.add("logSoftmax", name, [value], {}), layout);
    context.operands.set(log.outputs[0], result);
    return result;
  };

export const dropout = onValue((call, { builder }, value) => {
  const ratio = constantInput(call, 1);
  const p = ratio ? (numbersOf(ratio)?.[0] ?? 0.5) : number(call, "ratio", 0.5);
  return builder.add("dropout", call.name, [value], { p: p >= 0 && p < 1 ? p : 0.5 });
});

/** Add, Sub, Mul and Div, of two values or of a value and a constant. */
export const arithmetic =
  (kind: Arithmetic): OnnxRule =>
  (call, context) => {
    const gelu = geluFrom(call, context);
    if (gelu) return gelu;
    const [a, b] = call.inputs;
    const outcome = calculate(context.builder, { name: call.name, kind, a, b });
    if (typeof outcome === "string") return unsupported(call, context, outcome);
    if (outcome.taken !== undefined) context.taken.add(outcome.taken);
    return outcome.result;
  };

/** Sum of several values. */
export const sum: OnnxRule = (call, context) => {
  const values = call.inputs.flatMap((input) => (input?.kind === "value" ? [input] : []));
  const [first] = values;
  if (values.length === 0 || values.length < call.inputs.length) {
    return unsupported(call, context, "it adds a constant");
  }
  if (values.some(({ layout }) => layout !== first.layout)) {
    return unsupported(call, context, "its inputs lie in different layouts");
  }
  const inputs = values.map(({ value }) => value);
  return valueOperand(context.builder.add("add", call.name, inputs, {}), first.layout);
};
