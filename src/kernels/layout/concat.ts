import source from "../../../shaders/layout/copy_slice.wgsl";
import { sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/** Arrays of one dtype, whose shapes agree except along `dim`, one after the other along it. */
export function joined(arrays: readonly NDArray[], dim: number): NDArray {
  const [first] = arrays as [NDArray, ...NDArray[]];
  const length = arrays.reduce((sum, { shape }) => sum + shape[dim]!, 0);
  const out = allocate(first.shape.with(dim, length), first.dtype);
  const out_row = sizeOf(out.shape.slice(dim));
  let offset = 0;
  for (const x of arrays) {
    const row = sizeOf(x.shape.slice(dim));
    launch(
      specialize(source, { T: x.dtype }),
      { x, out },
      { n: x.size, row, out_row, offset },
      linearGrid(x.size),
    );
    offset += row;
  }
  return out;
}
