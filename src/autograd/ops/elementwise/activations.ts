import { checkOptions } from "../../../base/index.ts";
import { activate, activationGrad, type DerivativeFrom } from "../../../kernels/index.ts";
import { requireFloat, requireNumber, requireWord } from "../../checks.ts";
import type { Step } from "../../definition.ts";
import { type Definition, defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { div, mul } from "./arithmetic.ts";

/**
 * An elementwise function with one parameter (slope, alpha), by its name in shaders/lib/activation_functions.wgsl. ReLU has
 * a file of its own.
 *
 * @param from what the derivative is computed from: the output where that suffices, which the next layer keeps anyway.
 */
/* @__NO_SIDE_EFFECTS__ */
function parametric(
  name: string,
  from: (parameter: number) => DerivativeFrom,
): (input: Tensor, parameter: number) => Tensor {
  const isRelu6 = name === "relu6";
  const define: Definition<number> = ([x], parameter) => {
    const out = activate(name, x, parameter);
    const source = from(parameter);
    const saved = source === "Output" ? out : x;
    const grad = saving([saved], (dy, { isRectified }) =>
      isRectified ? dy.share() : activationGrad(name, source, dy, saved, parameter),
    );
    return { out, grads: [grad], rectifies: isRelu6 ? "relu6" : "none" };
  };
  const op = defineOp(name, define, {
    step: (parameter) => stepOf(name, from(parameter), parameter),
  });
  return (input, parameter) => op([requireFloat(name, "input", input)], parameter);
}

/** What an op before it can do so itself. */
function stepOf(name: string, from: DerivativeFrom, parameter: number): Step | null {
  if (name === "relu6") return { kind: "relu6" };
  return from === "Input" && parameter === 0 ? { kind: "smooth", name } : null;
}

/** One without a parameter. */
/* @__NO_SIDE_EFFECTS__ */
function activation(name: string, from: DerivativeFrom): (input: Tensor) => Tensor {
  const apply = parametric(name, () => from);
  return (input) => apply(input, 0);
}

/** min(max(x, 0), 6), any shape. The gradient at 0 and 6 is 0. */
export const relu6 = activation("relu6", "Output");
/** x · sigmoid(x), also called swish. */
export const silu = activation("silu", "Input");
/** x · relu6(x + 3) / 6 (MobileNetV3, https://arxiv.org/abs/1905.02244). */
export const hardswish = activation("hardswish", "Input");
/** relu6(x + 3) / 6. */
export const hardsigmoid = activation("hardsigmoid", "Output");
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = activation("sigmoid", "Output");
/** The hyperbolic tangent. */
export const tanh = activation("tanh", "Output");
/** 1.0507 · x where x > 0, else 1.7581 · (eˣ − 1) (Klambauer et al., https://arxiv.org/abs/1706.02515). */
export const selu = activation("selu", "Input");
/** x · tanh(softplus(x)) (Misra, https://arxiv.org/abs/1908.08681). */
export const mish = activation("mish", "Input");
/** The error function, 2 / √π · ∫₀ˣ exp(−t²) dt. */
export const erf = activation("erf", "Input");

const plainSoftplus = activation("softplus", "Output");

/**
 * log(1 + exp(beta · x)) / beta, a smooth ReLU. Beta is a number or `{ beta }`. PyTorch's `threshold`, beyond which it gives x
 * itself, makes no difference here: nothing overflows.
 */
export function softplus(input: Tensor, beta: number | { beta?: number } = 1): Tensor {
  const value = parameterOf("softplus", "beta", beta, 1);
  return value === 1 ? plainSoftplus(input) : div(plainSoftplus(mul(input, value)), value);
}

const exactGelu = activation("gelu", "Input");
const tanhGelu = activation("geluTanh", "Input");

/**
 * x · Φ(x) with the normal distribution Φ, or its approximation by tanh
 * (Hendrycks & Gimpel, https://arxiv.org/abs/1606.08415).
 */
export function gelu(input: Tensor, options: { approximate?: "none" | "tanh" } = {}): Tensor {
  checkOptions("gelu", options, ["approximate"]);
  const kind = requireWord("gelu", "approximate", options.approximate ?? "none", ["none", "tanh"]);
  requireFloat("gelu", "input", input);
  return kind === "tanh" ? tanhGelu(input) : exactGelu(input);
}

// Of a negative slope the output is positive on both sides: it doesn't tell on which x was.
const leaky = parametric("leakyRelu", (slope) => (slope >= 0 ? "Output" : "Input"));

/** x where x > 0, else negativeSlope · x. The slope is a number or `{ negativeSlope }`. */
export function leakyRelu(
  input: Tensor,
  negativeSlope: number | { negativeSlope?: number } = 0.01,
): Tensor {
  return leaky(input, parameterOf("leakyRelu", "negativeSlope", negativeSlope, 0.01));
}

const exponentialLinear = parametric("elu", () => "Input");

/** x where x > 0, else alpha · (eˣ − 1). Alpha is a number or `{ alpha }`. */
export function elu(input: Tensor, alpha: number | { alpha?: number } = 1): Tensor {
  return exponentialLinear(input, parameterOf("elu", "alpha", alpha, 1));
}

/** The one parameter of a function, given plainly or as an option. */
function parameterOf<K extends string>(
  name: string,
  option: K,
  given: number | { readonly [key in K]?: number },
  fallback: number,
): number {
  if (typeof given === "object" && given !== null) checkOptions(name, given, [option]);
  const value = typeof given === "object" ? (given?.[option] ?? fallback) : given;
  return requireNumber(name, option, value);
}
