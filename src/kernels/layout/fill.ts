import source from "../../../shaders/layout/fill.wgsl";
import type { Shape } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type DType, type NDArray } from "../array.ts";
import { numberBits, numberType } from "../elementwise/number_bits.ts";

/** A new array with every element set to `value`. */
export function fill(shape: Shape, value: number, dtype: DType = "f32"): NDArray {
  const out = allocate(shape, dtype);
  fillWith(out, value);
  return out;
}

/**
 * Sets every element of an array.
 * @param value a function is asked again at each replay of a captured step.
 */
export function fillWith(out: NDArray, value: number | (() => number)): void {
  const { dtype, size } = out;
  const kernel = specialize(source, { T: dtype, S: numberType(dtype) });
  const params = (n: number) => ({ n: size, value_bits: numberBits(n, dtype) });
  const given = typeof value === "function" ? () => params(value()) : params(value);
  launch(kernel, { out }, given, linearGrid(size));
}
