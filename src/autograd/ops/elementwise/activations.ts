import { checkOptions } from "../../../base/index.ts";
import { activate, activationGrad, type DerivativeFrom } from "../../../kernels/index.ts";
import { requireFloat, requireNumber, requireWord } from "../../checks.ts";
import { defineOp, type Op, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

/** The parameter of a function (slope, alpha); 0 where there is none. */
type Parameter = number;

/**
 * The op of an elementwise function in shaders/lib/activation_functions.wgsl, by its name there. ReLU has a file of its own.
 *
 * @param from what the derivative is computed from: the output where that suffices, which the next layer keeps anyway.
 */
/* @__NO_SIDE_EFFECTS__ */
function activation(
  name: string,
  from: DerivativeFrom | ((p0: Parameter) => DerivativeFrom),
): Op<Parameter> {
  return defineOp<Parameter>(name, ([x], p0) => {
    const out = activate(name, x, p0);
    const source = typeof from === "function" ? from(p0) : from;
    const saved = source === "Output" ? out : x;
    return { out, grads: [saving([saved], (dy) => activationGrad(name, source, dy, saved, p0))] };
  });
}

const ops = {
  relu6: activation("relu6", "Output"),
  // A negative slope folds the output's sign, and with it the information which side x was on.
  leakyRelu: activation("leakyRelu", (slope) => (slope >= 0 ? "Output" : "Input")),
  elu: activation("elu", (alpha) => (alpha > 0 ? "Output" : "Input")),
  gelu: activation("gelu", "Input"),
  geluTanh: activation("geluTanh", "Input"),
  silu: activation("silu", "Input"),
  hardswish: activation("hardswish", "Input"),
  hardsigmoid: activation("hardsigmoid", "Output"),
  sigmoid: activation("sigmoid", "Output"),
  tanh: activation("tanh", "Output"),
};

function apply(name: keyof typeof ops, input: Tensor, p0: Parameter = 0): Tensor {
  return ops[name]([requireFloat(name, "input", input)], p0);
}

/** min(max(x, 0), 6), any shape. The gradient at 0 and 6 is 0. */
export function relu6(input: Tensor): Tensor {
  return apply("relu6", input);
}

/** The one parameter of a function, given plainly or as an option. */
function parameter<K extends string>(
  name: string,
  option: K,
  given: number | { readonly [key in K]?: number },
  fallback: number,
): Parameter {
  if (typeof given === "object" && given !== null) checkOptions(name, given, [option]);
  const value = typeof given === "object" ? (given?.[option] ?? fallback) : given;
  return requireNumber(name, option, value);
}

/** x where x > 0, else negativeSlope · x. The slope is a number or `{ negativeSlope }`. */
export function leakyRelu(
  input: Tensor,
  negativeSlope: number | { negativeSlope?: number } = 0.01,
): Tensor {
  const slope = parameter("leakyRelu", "negativeSlope", negativeSlope, 0.01);
  return apply("leakyRelu", input, slope);
}

/** x where x > 0, else alpha · (eˣ − 1). Alpha is a number or `{ alpha }`. */
export function elu(input: Tensor, alpha: number | { alpha?: number } = 1): Tensor {
  return apply("elu", input, parameter("elu", "alpha", alpha, 1));
}

/**
 * x · Φ(x) with the normal distribution Φ, or its approximation by tanh
 * (Hendrycks & Gimpel, https://arxiv.org/abs/1606.08415).
 */
export function gelu(input: Tensor, options: { approximate?: "none" | "tanh" } = {}): Tensor {
  checkOptions("gelu", options, ["approximate"]);
  const kind = requireWord("gelu", "approximate", options.approximate ?? "none", ["none", "tanh"]);
  requireFloat("gelu", "input", input);
  return apply(kind === "tanh" ? "geluTanh" : "gelu", input);
}

/** x · sigmoid(x), also called swish. */
export function silu(input: Tensor): Tensor {
  return apply("silu", input);
}

/** x · relu6(x + 3) / 6 (MobileNetV3, https://arxiv.org/abs/1905.02244). */
export function hardswish(input: Tensor): Tensor {
  return apply("hardswish", input);
}

/** relu6(x + 3) / 6. */
export function hardsigmoid(input: Tensor): Tensor {
  return apply("hardsigmoid", input);
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid(input: Tensor): Tensor {
  return apply("sigmoid", input);
}

/** The hyperbolic tangent. */
export function tanh(input: Tensor): Tensor {
  return apply("tanh", input);
}
