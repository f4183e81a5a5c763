import source from "../../../shaders/layout/gather.wgsl";
import { type Shape, sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { isFloat } from "../dtypes.ts";
import { choose } from "../variants/choose.ts";
import { gatherGradients } from "./variants.ts";

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

/** Gradient of `gatherAlong` with respect to x of the given shape. Summed in a fixed order. */
export function gatherGradient(dy: NDArray, shape: Shape, dim: number, indices: NDArray): NDArray {
  const { params, list } = layout(shape, dim, indices);
  const problem = { layout: params, elements: sizeOf(shape), isList: list };
  const dx = allocate(shape, dy.dtype);
  choose(gatherGradients, problem, dy.storage.device).variant.run(dy, indices, dx, problem);
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
  return { params, count, list };
}
