import source from "../../../shaders/elementwise/cast.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type DType, type NDArray } from "../array.ts";

/** The same numbers in another dtype; shares memory when it is the same one. */
export function convert(x: NDArray, dtype: DType): NDArray {
  if (x.dtype === dtype) return x.share();
  const out = allocate(x.shape, dtype);
  const kernel = specialize(source, { T: x.dtype, O: dtype });
  launch(kernel, { x, out }, { n: out.size }, linearGrid(out.size));
  return out;
}
