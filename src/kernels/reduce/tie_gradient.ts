import source from "../../../shaders/reduce/tie_gradient.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { binary } from "../elementwise/binary.ts";
import { innerFirst, operandWalk } from "../elementwise/broadcast.ts";
import { reduce } from "./reduce.ts";

/**
 * Gradient of out = max (or min) of x over `dims`, which are ones in out and dy: shared evenly by
 * the elements of x that equal the result.
 */
export function tieGradient(
  dy: NDArray,
  x: NDArray,
  out: NDArray,
  dims: readonly number[],
): NDArray {
  const ties = reduce("sum", binary("eq", x, out), dims);
  const dx = allocate(x.shape, x.dtype);
  const walk = operandWalk(x.shape, out.shape, x.shape);
  launch(
    specialize(source, { T: x.dtype, RANK: walk.dims.length }),
    { dy, x, out, ties, dx },
    { n: dx.size, dims: innerFirst(walk.dims), strides: innerFirst(walk.strides[1]!) },
    linearGrid(dx.size),
  );
  return dx;
}
