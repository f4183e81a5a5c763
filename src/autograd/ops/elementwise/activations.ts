import { checkOptions } from "../../../base/index.ts";
import {
  type ActivationName,
  activate,
  activationGrad,
  type Derivative,
} from "../../../kernels/index.ts";
import { requireFloat, requireNumber, requireWord } from "../../checks.ts";
import { defineOp, type Op, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

/** The parameter of a function (slope, alpha); 0 where there is none. */
type Parameter = number;

/**
 * An elementwise function but for ReLU, which has a file of its own. Its derivative is taken from the output where that suffices: the next
 * layer keeps it anyway.
 */
/* @__NO_SIDE_EFFECTS__ */
function activation(
  name: string,
  forward: ActivationName,
  derivative: (p0: Parameter) => Derivative,
  fromOutput: (p0: Parameter) => boolean = (p0) => derivative(p0).endsWith("Output"),
): Op<Parameter> {
  return defineOp<Parameter>(name, ([x], p0) => {
    const out = activate(forward, x, p0);
    const saved = fromOutput(p0) ? out : x;
    return {
      out,
      grads: [saving([saved], (dy) => activationGrad(derivative(p0), dy, saved, p0))],
    };
  });
}

const ops = {
  relu6: activation("relu6", "relu6", () => "relu6FromOutput"),
  // A negative slope folds the output's sign, and with it the information which side x was on.
  leakyRelu: activation(
    "leakyRelu",
    "leakyRelu",
    () => "leakyRelu",
    (slope) => slope >= 0,
  ),
  elu: activation("elu", "elu", (alpha) => (alpha > 0 ? "eluFromOutput" : "eluFromInput")),
  gelu: activation("gelu", "gelu", () => "geluFromInput"),
  geluTanh: activation("geluTanh", "geluTanh", () => "geluTanhFromInput"),
  silu: activation("silu", "silu", () => "siluFromInput"),
  hardswish: activation("hardswish", "hardswish", () => "hardswishFromInput"),
  hardsigmoid: activation("hardsigmoid", "hardsigmoid", () => "hardsigmoidFromOutput"),
  sigmoid: activation("sigmoid", "sigmoid", () => "sigmoidFromOutput"),
  tanh: activation("tanh", "tanh", () => "tanhFromOutput"),
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
