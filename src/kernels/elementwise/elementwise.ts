import addIntoSource from "../../../shaders/elementwise/add_into.wgsl";
import unarySource from "../../../shaders/elementwise/unary.wgsl";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

export type UnaryOp =
  | "neg"
  | "exp"
  | "log"
  | "sqrt"
  | "abs"
  | "square"
  | "affine"
  | "clamp"
  | "relu"
  | "reciprocal";

/** f(x) for floating-point x; `p0` and `p1` are the function's parameters (bounds, …). */
export function unary(op: UnaryOp, x: NDArray, p0 = 0, p1 = 0): NDArray {
  const out = allocate(x.shape, x.dtype);
  const kernel = specialize(unarySource, { T: x.dtype, OP: constantName(op) });
  launch(kernel, { x, out }, { n: out.size, p0, p1 }, linearGrid(out.size));
  return out;
}

/** sum += x, in place. */
export function addInto(sum: NDArray, x: NDArray): void {
  launch(
    specialize(addIntoSource, { T: sum.dtype }),
    { x, sum },
    { n: sum.size },
    linearGrid(sum.size),
  );
}
