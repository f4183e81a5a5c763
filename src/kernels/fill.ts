import { launch, linearGrid, specialize } from "../gpu/index.ts";
import source from "../../shaders/fill.wgsl";
import { allocate, type DType, type NDArray, type Shape } from "./array.ts";

/** A new array with every element set to `value`. */
export function fill(shape: Shape, value: number, dtype: DType = "f32"): NDArray {
  const out = allocate(shape, dtype);
  launch(specialize(source, { T: dtype }), { out }, { n: out.size, value }, linearGrid(out.size));
  return out;
}
