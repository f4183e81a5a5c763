import source from "../../../shaders/elementwise/math_grad.wgsl";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/** Derivatives in shaders/elementwise/math_grad.wgsl; "FromOutput" ones are computed from f(x), others from x. */
export type MathDerivative =
  | "sqrtFromOutput"
  | "abs"
  | "square"
  | "clamp"
  | "reciprocal"
  | "powerOfNumberFromOutput";

/** dy · f'(x); `p0` and `p1` are the function's parameters. */
export function mathGrad(f: MathDerivative, dy: NDArray, saved: NDArray, p0 = 0, p1 = 0): NDArray {
  const dx = allocate(saved.shape, saved.dtype);
  const kernel = specialize(source, { T: saved.dtype, OP: constantName(f) });
  launch(kernel, { dy, saved, dx }, { n: dx.size, p0, p1 }, linearGrid(dx.size));
  return dx;
}
