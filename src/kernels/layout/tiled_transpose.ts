import source from "../../../shaders/layout/transpose.wgsl";
import { sizeOf, stridesOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate } from "../array.ts";
import { innerFirst } from "../elementwise/broadcast.ts";
import type { View, ViewCopy } from "./view_copy.ts";

const TILE = 32;
/** Below this many elements per side, a tile would be mostly empty. */
const WORTH_TILING = 8;

/** The dimensions that are contiguous in the input (p) and in the result (q); p is -1 where none is. */
function sidesOf({ dims, strides }: View): { p: number; q: number } {
  return { p: strides.indexOf(1), q: dims.length - 1 };
}

/** Tiles through workgroup memory, for views whose last dimension isn't the memory's: reads and writes are contiguous. */
export const tiledTranspose: ViewCopy = {
  name: "tiled",

  covers(view, { cheapBarriers }) {
    const { dims, strides, offset } = view;
    const { p, q } = sidesOf(view);
    if (!cheapBarriers || offset > 0 || p < 0 || p === q || strides.includes(0)) return false;
    return Math.min(dims[p]!, dims[q]!) >= WORTH_TILING;
  },

  cost: ({ shape }, { elementCost }) => sizeOf(shape) * elementCost * 2,

  run(x, view) {
    const { shape, dims, strides } = view;
    const { p, q } = sidesOf(view);
    const out = allocate(shape, x.dtype);
    const outStrides = stridesOf(dims);
    const others = (values: readonly number[]) => values.filter((_, d) => d !== p && d !== q);
    const [sizeP, sizeQ] = [dims[p]!, dims[q]!];
    const [tilesP, tilesQ] = [Math.ceil(sizeP / TILE), Math.ceil(sizeQ / TILE)];
    const batch = sizeOf(others(dims));
    launch(
      specialize(source, { T: x.dtype, RANK: dims.length - 2 }),
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
  },
};
