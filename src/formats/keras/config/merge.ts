import type { Value } from "../../graph/builder.ts";
import { type LayerRule, type LayerUse, unsupported } from "./context.ts";
import { isChannelAxis } from "./dense_norm.ts";
import { hasNumber, kerasOp } from "./ops.ts";

export const add: LayerRule = (use, context) =>
  hasNumber(use) ? kerasOp(use, context) : context.builder.add("add", use.name, use.inputs, {});

export const multiply: LayerRule = (use, context) =>
  hasNumber(use) ? kerasOp(use, context) : context.builder.add("mul", use.name, use.inputs, {});

export const average: LayerRule = ({ name, inputs }, { builder }) => {
  const sum = builder.add("add", `${name}_sum`, inputs, {});
  return builder.add("rescale", name, [sum], { scale: [1 / inputs.length], offset: [0] });
};

/** Concatenate, along the channels or features. */
export const concatenate: LayerRule = (use, context) => {
  const axis = use.fields.value("axis", "concat_axis") ?? -1;
  if (isChannelAxis(axis, use, context)) {
    return context.builder.add("concat", use.name, use.inputs, {});
  }
  const why = `along the axis ${JSON.stringify(axis)}, and only channels or features are supported`;
  return unsupported(use, context, why);
};

const MODES: ReadonlyMap<unknown, LayerRule> = new Map<unknown, LayerRule>([
  ["sum", add],
  ["mul", multiply],
  ["ave", average],
  ["concat", concatenate],
]);

/** Keras 1's Merge. */
export const merge: LayerRule = (use, context) => {
  const mode = use.fields.value("mode");
  const rule = MODES.get(mode);
  if (rule) return rule(use, context);
  return unsupported(use, context, `its mode ${JSON.stringify(mode)} isn't known`);
};

/** Rescaling: one factor, or one per channel. */
export const rescaling: LayerRule = (use, context) => {
  const scale = numbers(use, "scale", 1);
  const offset = numbers(use, "offset", 0);
  return context.builder.add("rescale", use.name, use.inputs, { scale, offset });
};

/** Normalization: (x − mean) / √variance per channel; given in the configuration or learnt by `adapt`. */
export const normalization: LayerRule = (use, context): Value => {
  const { fields } = use;
  if (!isChannelAxis(fields.value("axis") ?? -1, use, context)) {
    const why = "it normalises along another axis than the channels";
    return unsupported(use, context, why);
  }
  const found = context.weights.of(use.place);
  // It also counts the pictures it saw.
  for (const { tensor } of found) context.taken.add(tensor.name);
  const stored = new Map(found.map(({ role, tensor }) => [role, tensor]));
  const read = (role: string, index: string): number[] => {
    if (fields.value(role) !== undefined) return numbers(use, role, 0);
    const tensor = stored.get(role) ?? stored.get(index);
    if (!tensor) throw context.builder.broken(use.name, `it has no ${role}`);
    return Array.from(tensor.data(), Number);
  };
  const mean = read("mean", "0");
  const variance = read("variance", "1");
  if (mean.length !== variance.length) {
    throw context.builder.broken(use.name, "its mean and variance have different lengths");
  }
  // The smallest deviation is Keras's epsilon.
  const deviations = variance.map((value) => Math.max(Math.sqrt(value), 1e-7));
  const inverted = fields.flag(false, "invert");
  const scale = deviations.map((deviation) => (inverted ? deviation : 1 / deviation));
  const offset = mean.map((value, i) => (inverted ? value : -value * scale[i]));
  return context.builder.add("rescale", use.name, use.inputs, { scale, offset });
};

/** A number or a (nested) list of numbers. */
function numbers({ fields }: LayerUse, name: string, fallback: number): number[] {
  const value = fields.value(name) ?? fallback;
  const list: unknown[] = Array.isArray(value) ? value.flat(4) : [value];
  if (list.length > 0 && list.every((entry) => typeof entry === "number")) return list;
  throw fields.wrong(name, value);
}
