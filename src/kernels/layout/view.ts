import { type Shape, sizeOf, stridesOf } from "../../base/index.ts";
import type { NDArray } from "../array.ts";
import { broadcastStrides, collapse } from "../elementwise/broadcast.ts";
import { choose } from "../variants/choose.ts";
import { viewCopies } from "./variants.ts";

/** x's dimensions in another order, as a dense array. */
export function permuted(x: NDArray, order: readonly number[]): NDArray {
  const strides = stridesOf(x.shape);
  return dense(
    x,
    order.map((d) => x.shape[d]!),
    order.map((d) => strides[d]!),
  );
}

/** x repeated along its ones (and new leading dimensions) to `shape`, as a dense array. */
export function repeated(x: NDArray, shape: Shape): NDArray {
  return dense(x, shape, broadcastStrides(x.shape, shape));
}

/** `length` entries of dimension `dim` from `start` on. */
export function cutOut(x: NDArray, dim: number, start: number, length: number): NDArray {
  const strides = stridesOf(x.shape);
  return dense(x, x.shape.with(dim, length), strides, start * strides[dim]!);
}

/** x with the order of the entries along `dims` turned round. */
export function flipped(x: NDArray, dims: readonly number[]): NDArray {
  const strides = stridesOf(x.shape);
  const last = dims.reduce((sum, d) => sum + (x.shape[d]! - 1) * strides[d]!, 0);
  // A step back wraps round, as numbers of shaders do.
  const back = strides.map((stride, d) => (dims.includes(d) ? -stride : stride));
  return dense(x, x.shape, back, last);
}

/** A view of x's memory as a dense array; shares memory where the view is dense already. */
function dense(x: NDArray, shape: Shape, strides: readonly number[], offset = 0): NDArray {
  const walk = collapse({ dims: shape, strides: [strides] });
  const view = { shape, dims: walk.dims, strides: walk.strides[0]!, offset };
  const whole = sizeOf(shape) === x.size;
  if (whole && (view.dims.length === 0 || (view.dims.length === 1 && view.strides[0] === 1))) {
    return x.share(shape);
  }
  return choose(viewCopies, view, x.storage.device).variant.run(x, view);
}
