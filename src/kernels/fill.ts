import source from "../../shaders/fill.wgsl";
import { launch, linearGrid, specialize } from "../gpu/index.ts";
import { allocate, type DType, type NDArray, type Shape } from "./array.ts";
import { numberBits, numberType } from "./number_bits.ts";

/** A new array with every element set to `value`. */
export function fill(shape: Shape, value: number, dtype: DType = "f32"): NDArray {
  const out = allocate(shape, dtype);
  const kernel = specialize(source, { T: dtype, S: numberType(dtype) });
  const value_bits = numberBits(value, dtype);
  launch(kernel, { out }, { n: out.size, value_bits }, linearGrid(out.size));
  return out;
}
