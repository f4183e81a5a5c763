import type { Shape } from "../../base/index.ts";
import { isFloat, type NDArray, randn as normal, rand as uniform } from "../../kernels/index.ts";
import type { Tensor } from "../tensor.ts";
import { type CreateOptions, checkCreate, leaf } from "./create.ts";

export {
  Generator,
  getRandomState,
  manualSeed,
  type RandomState,
  setRandomState,
  withGenerator,
} from "../../kernels/index.ts";

/** Uniform random numbers, 0 <= u < 1, f32 or f16. Seeded by `manualSeed`. */
export function rand(shape: Shape, options: CreateOptions = {}): Tensor {
  return random("rand", uniform, shape, options);
}

/** Normal random numbers of mean 0 and variance 1, f32 or f16. Seeded by `manualSeed`. */
export function randn(shape: Shape, options: CreateOptions = {}): Tensor {
  return random("randn", normal, shape, options);
}

function random(
  name: string,
  make: (shape: Shape, dtype: "f32" | "f16") => NDArray,
  shape: Shape,
  options: CreateOptions,
): Tensor {
  const dtype = checkCreate(name, shape, options);
  if (!isFloat(dtype)) throw new TypeError(`${name}: dtype is ${dtype}; it must be f32 or f16`);
  return leaf(make([...shape], dtype === "f16" ? "f16" : "f32"), options);
}
