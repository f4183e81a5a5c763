import source from "../../../shaders/layout/gather.wgsl";
import gradSource from "../../../shaders/layout/gather_grad.wgsl";
import listsSource from "../../../shaders/layout/gather_lists.wgsl";
import sortSource from "../../../shaders/layout/gather_sort.wgsl";
import sumSource from "../../../shaders/layout/gather_sum.wgsl";
import { type Shape, sizeOf } from "../../base/index.ts";
import { type KernelSource, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { isFloat } from "../dtypes.ts";
import { fill } from "./fill.ts";

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

/** Up to so many indices a line, each element of x just looks at all of them. */
const FEW = 32;

/** Gradient of `gatherAlong` with respect to x of the given shape. Summed in a fixed order. */
export function gatherGradient(dy: NDArray, shape: Shape, dim: number, indices: NDArray): NDArray {
  const { params, count, list } = layout(shape, dim, indices);
  const dx = allocate(shape, dy.dtype);
  if (count > FEW) return sumLists(dy, dx, indices, params, list);
  launch(
    specialize(gradSource, { T: dy.dtype, I: indices.dtype }),
    { dy, indices, dx },
    { n: dx.size, ...params },
    linearGrid(dx.size),
  );
  return dx;
}

/** Makes for each element of x a list of the places that took it, so that each place is read once. */
function sumLists(
  dy: NDArray,
  dx: NDArray,
  indices: NDArray,
  params: ReturnType<typeof layout>["params"],
  list: boolean,
): NDArray {
  const { length, inner, count } = params;
  const lines = list ? 1 : dx.size / length;
  const first = fill([lines * length], 0, "u32");
  const next = allocate([lines * count], "u32");
  const seen = list ? { ...params, inner: 1 } : params; // one line for all
  const constants = { I: indices.dtype };
  const run = (source: KernelSource, n: number) =>
    launch(specialize(source, constants), { indices, first, next }, { n, ...seen }, linearGrid(n));
  run(listsSource, lines * count);
  run(sortSource, lines * length);
  const strides = { line_stride_outer: list ? 0 : inner, line_stride_inner: list ? 0 : 1 };
  launch(
    specialize(sumSource, { T: dy.dtype }),
    { dy, first, next, dx },
    { n: dx.size, length, inner, count, ...strides },
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
  return { params, count, list };
}
