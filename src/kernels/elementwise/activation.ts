import source from "../../../shaders/elementwise/activation.wgsl";
import gradSource from "../../../shaders/elementwise/activation_grad.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/** Functions in shaders/activation.wgsl. ReLU is among those of elementwise.ts. */
const FUNCTIONS = {
  relu6: 0,
  leakyRelu: 1,
  elu: 2,
  gelu: 3,
  geluTanh: 4,
  silu: 5,
  hardswish: 6,
  hardsigmoid: 7,
  sigmoid: 8,
  tanh: 9,
} as const;
export type ActivationName = keyof typeof FUNCTIONS;

/** Derivatives in shaders/activation_grad.wgsl; the name says what they are computed from. */
const DERIVATIVES = {
  relu6FromOutput: 0,
  leakyRelu: 1,
  eluFromOutput: 2,
  eluFromInput: 3,
  geluFromInput: 4,
  geluTanhFromInput: 5,
  siluFromInput: 6,
  hardswishFromInput: 7,
  hardsigmoidFromOutput: 8,
  sigmoidFromOutput: 9,
  tanhFromOutput: 10,
} as const;
export type Derivative = keyof typeof DERIVATIVES;

/** f(x) for floating-point x; `p0` is the function's parameter (slope, alpha). */
export function activate(f: ActivationName, x: NDArray, p0: number): NDArray {
  const out = allocate(x.shape, x.dtype);
  const kernel = specialize(source, { T: x.dtype, OP: FUNCTIONS[f] });
  launch(kernel, { x, out }, { n: out.size, p0 }, linearGrid(out.size));
  return out;
}

/** dy · f'(·) element by element; `saved` is f's input or output, as the derivative's name says. */
export function activationGrad(f: Derivative, dy: NDArray, saved: NDArray, p0: number): NDArray {
  const dx = allocate(saved.shape, saved.dtype);
  const kernel = specialize(gradSource, { T: saved.dtype, OP: DERIVATIVES[f] });
  launch(kernel, { dy, saved, dx }, { n: dx.size, p0 }, linearGrid(dx.size));
  return dx;
}
