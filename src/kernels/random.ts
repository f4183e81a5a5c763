import source from "../../shaders/random.wgsl";
import { launch, linearGrid, specialize } from "../gpu/index.ts";
import { allocate, type DType, type NDArray, type Shape } from "./array.ts";
import { drawing } from "./random_state.ts";

/** Uniform in 0 <= u < 1, f32 or f16. */
export function rand(shape: Shape, dtype: DType = "f32"): NDArray {
  return draw(shape, dtype, { NORMAL: false });
}

/** Of mean 0 and variance 1, f32 or f16. */
export function randn(shape: Shape, dtype: DType = "f32"): NDArray {
  return draw(shape, dtype, { NORMAL: true });
}

/** Random words, u32. */
export function randomBits(shape: Shape): NDArray {
  return draw(shape, "u32", { RAW: true });
}

function draw(shape: Shape, dtype: DType, constants: Record<string, boolean>): NDArray {
  const out = allocate(shape, dtype);
  const kernel = specialize(source, { T: dtype, ...constants });
  const next = drawing();
  const params = () => ({ n: out.size, ...next() });
  launch(kernel, { out }, params, linearGrid(Math.ceil(out.size / 4)));
  return out;
}
