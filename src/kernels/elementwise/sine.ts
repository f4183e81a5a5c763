import source from "../../../shaders/elementwise/sine.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/** sin(x + turns · π/2) for floating-point x: with 1 the cosine, with 2 minus the sine. */
export function sine(x: NDArray, turns: 0 | 1 | 2): NDArray {
  const out = allocate(x.shape, x.dtype);
  const kernel = specialize(source, { T: x.dtype });
  launch(kernel, { x, out }, { n: out.size, turns }, linearGrid(out.size));
  return out;
}
