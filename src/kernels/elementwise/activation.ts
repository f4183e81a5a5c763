import source from "../../../shaders/elementwise/activation.wgsl";
import gradSource from "../../../shaders/elementwise/activation_grad.wgsl";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/** Functions in shaders/elementwise/activation.wgsl. ReLU is among those of elementwise.ts. */
export type ActivationName =
  | "relu6"
  | "leakyRelu"
  | "elu"
  | "gelu"
  | "geluTanh"
  | "silu"
  | "hardswish"
  | "hardsigmoid"
  | "sigmoid"
  | "tanh";

/** Derivatives in shaders/elementwise/activation_grad.wgsl; the name says what they are computed from. */
export type Derivative =
  | "relu6FromOutput"
  | "leakyRelu"
  | "eluFromOutput"
  | "eluFromInput"
  | "geluFromInput"
  | "geluTanhFromInput"
  | "siluFromInput"
  | "hardswishFromInput"
  | "hardsigmoidFromOutput"
  | "sigmoidFromOutput"
  | "tanhFromOutput";

/** f(x) for floating-point x; `p0` is the function's parameter (slope, alpha). */
export function activate(f: ActivationName, x: NDArray, p0: number): NDArray {
  const out = allocate(x.shape, x.dtype);
  const kernel = specialize(source, { T: x.dtype, OP: constantName(f) });
  launch(kernel, { x, out }, { n: out.size, p0 }, linearGrid(out.size));
  return out;
}

/** dy · f'(·) element by element; `saved` is f's input or output, as the derivative's name says. */
export function activationGrad(f: Derivative, dy: NDArray, saved: NDArray, p0: number): NDArray {
  const dx = allocate(saved.shape, saved.dtype);
  const kernel = specialize(gradSource, { T: saved.dtype, OP: constantName(f) });
  launch(kernel, { dy, saved, dx }, { n: dx.size, p0 }, linearGrid(dx.size));
  return dx;
}
