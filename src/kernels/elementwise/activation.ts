import source from "../../../shaders/elementwise/activation.wgsl";
import gradSource from "../../../shaders/elementwise/activation_grad.wgsl";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/**
 * f(x) for floating-point x.
 *
 * @param f a function of shaders/lib/activation_functions.wgsl. ReLU is among those of elementwise.ts.
 * @param p0 the function's parameter (slope, alpha).
 */
export function activate(f: string, x: NDArray, p0: number): NDArray {
  const out = allocate(x.shape, x.dtype);
  const kernel = specialize(source, { T: x.dtype, FUNCTION: constantName(f) });
  launch(kernel, { x, out }, { n: out.size, p0 }, linearGrid(out.size));
  return out;
}

/** What a derivative is computed from: the function's input or its output. */
export type DerivativeFrom = "Input" | "Output";

/** dy · f'(·) element by element; `saved` is f's input or output, as `from` says. */
export function activationGrad(
  f: string,
  from: DerivativeFrom,
  dy: NDArray,
  saved: NDArray,
  p0: number,
): NDArray {
  const dx = allocate(saved.shape, saved.dtype);
  const DERIVATIVE = constantName(`${f}From${from}`);
  const kernel = specialize(gradSource, { T: saved.dtype, DERIVATIVE });
  launch(kernel, { dy, saved, dx }, { n: dx.size, p0 }, linearGrid(dx.size));
  return dx;
}
