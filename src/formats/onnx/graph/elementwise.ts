import type { Arithmetic } from "../../graph/arithmetic.ts";
import { addClamp, addHardSigmoid } from "../../graph/bounds.ts";
import { constantInput, type NodeCall, type NodeRule } from "../../graph/nodes/context.ts";
import { arithmetic as ofOperands, onValue, pow as powOf } from "../../graph/nodes/elementwise.ts";
import { numbersOf } from "../../graph/operands.ts";
import { geluFrom } from "./gelu.ts";
import type { OnnxRule } from "./node.ts";
import { localResponseNormFrom, rmsNormFrom } from "./norm_steps.ts";

/** A number that is an attribute in older versions of an operator and an input in newer ones. */
export function numberOf(
  call: NodeCall,
  attribute: string,
  index: number,
  fallback: number,
): number {
  const tensor = constantInput(call, index);
  if (!tensor) return call.node.attributes.number(attribute, fallback);
  return numbersOf(tensor)?.[0] ?? fallback;
}

export const gelu = onValue(({ node }, { builder }, value, name) => {
  const approximate = node.attributes.text("approximate", "none") === "tanh" ? "tanh" : "none";
  return builder.add("gelu", name, [value], { approximate });
});

/** The constants of self-normalising networks are the defaults; others make a scaled ELU. */
export const selu = onValue(({ node: { attributes } }, { builder }, value, name) => {
  const [alpha, gamma] = [attributes.number("alpha", 1.67326), attributes.number("gamma", 1.0507)];
  const isUsual = Math.abs(alpha - 1.67326) < 1e-4 && Math.abs(gamma - 1.0507) < 1e-4;
  if (isUsual) return builder.add("selu", name, [value], {});
  const curve = builder.add("elu", `${name}_elu`, [value], { alpha });
  return builder.add("rescale", name, [curve], { scale: [gamma], offset: [0] });
});

export const hardSigmoid = onValue(({ node: { attributes } }, { builder }, value, name) => {
  const [scale, offset] = [attributes.number("alpha", 0.2), attributes.number("beta", 0.5)];
  return addHardSigmoid(builder, name, value, scale, offset);
});

/** Bounds are attributes before version 11, and inputs since. */
export const clip = onValue((call, { builder }, value, name) => {
  const isComputed = call.inputs.slice(1).some((bound) => bound?.kind === "value");
  if (isComputed) return "its bounds are computed";
  const [min, max] = [numberOf(call, "min", 1, -Infinity), numberOf(call, "max", 2, Infinity)];
  return addClamp(builder, name, value, min, max);
});

export const dropout = onValue((call, { builder }, value, name) => {
  const p = numberOf(call, "ratio", 1, 0.5);
  return builder.add("dropout", name, [value], { p: p >= 0 && p < 1 ? p : 0.5 });
});

/** Pow, where it doesn't begin a norm. */
export const pow: OnnxRule = (call, context) =>
  rmsNormFrom(call, context) ?? onValue(powOf)(call, context);

/** Add, Sub, Mul and Div, where they don't begin a GELU or a norm. */
export const arithmetic =
  (kind: Arithmetic, ofValues: (kind: Arithmetic) => NodeRule = ofOperands): OnnxRule =>
  (call, context) =>
    geluFrom(call, context) ??
    rmsNormFrom(call, context) ??
    localResponseNormFrom(call, context) ??
    ofValues(kind)(call, context);
