import source from "../../../shaders/layout/gather.wgsl";
import gradSource from "../../../shaders/layout/gather_grad.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray, type Shape, sizeOf } from "../array.ts";
import { isFloat } from "../dtypes.ts";

const NAN_BITS = 0x7fc00000;

/**
 * The entries of x along `dim` that `indices` names (i32 or u32): one index per element of the result
 * when it has x's rank, the same ones everywhere when it is a list.
 */
export function gatherAlong(x: NDArray, dim: number, indices: NDArray): NDArray {
  const { params, count } = layout(x.shape, dim, indices);
  const out = allocate(x.shape.with(dim, count), x.dtype);
  launch(
    specialize(source, { T: x.dtype, I: indices.dtype }),
    { x, indices, out },
    { n: out.size, ...params, poison_bits: isFloat(x.dtype) ? NAN_BITS : 0 },
    linearGrid(out.size),
  );
  return out;
}

/** Gradient of `gatherAlong` with respect to x of the given shape. */
export function gatherGradient(dy: NDArray, shape: Shape, dim: number, indices: NDArray): NDArray {
  const { params } = layout(shape, dim, indices);
  const dx = allocate(shape, dy.dtype);
  launch(
    specialize(gradSource, { T: dy.dtype, I: indices.dtype }),
    { dy, indices, dx },
    { n: dx.size, ...params },
    linearGrid(dx.size),
  );
  return dx;
}

function layout(shape: Shape, dim: number, indices: NDArray) {
  const list = indices.shape.length === 1 && shape.length !== 1;
  const inner = sizeOf(shape.slice(dim + 1));
  const count = list ? indices.size : indices.shape[dim]!;
  const params = {
    length: shape[dim]!,
    inner,
    count,
    index_stride_outer: list ? 0 : count * inner,
    index_stride_j: list ? 1 : inner,
    index_stride_inner: list ? 0 : 1,
  };
  return { params, count };
}
