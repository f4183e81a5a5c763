import source from "../../../shaders/layout/strided_copy.wgsl";
import transposeSource from "../../../shaders/layout/transpose.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray, type Shape, sizeOf, stridesOf } from "../array.ts";
import { broadcastStrides, collapse, innerFirst } from "../elementwise/broadcast.ts";
import { adapterClass } from "../tuning/tuning.ts";

const TILE = 32;
/** Below this many elements a side, a tile of the transpose would be mostly empty. */
const WORTH_TILING = 8;

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

/** A view of x's memory as a dense array; shares memory where the view is dense already. */
function dense(x: NDArray, shape: Shape, strides: readonly number[], offset = 0): NDArray {
  const walk = collapse({ dims: shape, strides: [strides] });
  const view = { shape, dims: walk.dims, strides: walk.strides[0]! };
  const whole = sizeOf(shape) === x.size;
  if (whole && (view.dims.length === 0 || (view.dims.length === 1 && view.strides[0] === 1))) {
    return x.share(shape);
  }
  return tiledTranspose(x, view, offset) ?? stridedCopy(x, view, offset);
}

interface View {
  readonly shape: Shape;
  /** The walk over the view in as few dimensions as possible. */
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

function stridedCopy(x: NDArray, { shape, dims, strides }: View, offset: number): NDArray {
  const out = allocate(shape, x.dtype);
  launch(
    specialize(source, { T: x.dtype, RANK: dims.length }),
    { x, out },
    { n: out.size, offset, dims: innerFirst(dims), strides: innerFirst(strides) },
    linearGrid(out.size),
  );
  return out;
}

/** The copy by tiles, where x's last dimension lands elsewhere and tiles would be well filled. */
function tiledTranspose(
  x: NDArray,
  { shape, dims, strides }: View,
  offset: number,
): NDArray | null {
  const q = dims.length - 1;
  const p = strides.indexOf(1);
  if (offset > 0 || p < 0 || p === q || strides.includes(0)) return null;
  // There a barrier costs far more than reading out of order.
  if (adapterClass(x.storage.device) === "software") return null;
  const [sizeP, sizeQ] = [dims[p]!, dims[q]!];
  if (Math.min(sizeP, sizeQ) < WORTH_TILING) return null;
  const out = allocate(shape, x.dtype);
  const outStrides = stridesOf(dims);
  const others = (values: readonly number[]) => values.filter((_, d) => d !== p && d !== q);
  const [tilesP, tilesQ] = [Math.ceil(sizeP / TILE), Math.ceil(sizeQ / TILE)];
  const batch = sizeOf(others(dims));
  launch(
    specialize(transposeSource, { T: x.dtype, RANK: dims.length - 2 }),
    { x, out },
    {
      size_p: sizeP,
      size_q: sizeQ,
      stride_q_in: strides[q]!,
      stride_p_out: outStrides[p]!,
      tiles_p: tilesP,
      tiles_q: tilesQ,
      batch,
      dims: innerFirst(others(dims)),
      strides_in: innerFirst(others(strides)),
      strides_out: innerFirst(others(outStrides)),
    },
    linearGrid(tilesP * tilesQ * batch, 1),
  );
  return out;
}
