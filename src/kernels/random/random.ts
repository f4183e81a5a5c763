import source from "../../../shaders/random/random.wgsl";
import type { Shape } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type DType, type NDArray } from "../array.ts";
import { binary } from "../elementwise/binary.ts";
import { convert } from "../elementwise/cast.ts";
import { drawing } from "./drawing.ts";

/** Uniform in 0 <= u < 1, f32 or f16. */
export function rand(shape: Shape, dtype: DType = "f32"): NDArray {
  const out = allocate(shape, dtype);
  drawUniform(out, 0, 1);
  return out;
}

/** Of mean 0 and variance 1, f32 or f16. */
export function randn(shape: Shape, dtype: DType = "f32"): NDArray {
  const out = allocate(shape, dtype);
  drawNormal(out, 0, 1);
  return out;
}

/** Whole numbers, low <= n < high, i32. The range holds at most 2²⁴ numbers. */
export function randomIntegers(shape: Shape, low: number, high: number): NDArray {
  const numbers = convert(binary("mul", rand(shape), high - low), "i32");
  // A product may be rounded up to the range itself.
  return binary("add", binary("minimum", numbers, high - low - 1), low);
}

/** Overwrites an array with numbers uniform in low <= u < high. */
export function drawUniform(out: NDArray, low: number, high: number): void {
  draw(out, false, high - low, low);
}

/** Overwrites an array with normal numbers. */
export function drawNormal(out: NDArray, mean: number, std: number): void {
  draw(out, true, std, mean);
}

function draw(out: NDArray, isNormal: boolean, scale: number, shift: number) {
  const kernel = specialize(source, { T: out.dtype, NORMAL: isNormal });
  const next = drawing();
  const params = () => ({ n: out.size, ...next(), scale, shift });
  launch(kernel, { out }, params, linearGrid(Math.ceil(out.size / 4)));
}
