import type { Shape } from "../../base/index.ts";
import {
  convert,
  isFloat,
  type NDArray,
  randn as normal,
  randomIntegers,
  scope,
  rand as uniform,
} from "../../kernels/index.ts";
import { requireNumber } from "../checks.ts";
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

/**
 * Random whole numbers, low <= n < high, each as likely as another; i32 unless told otherwise. Seeded by `manualSeed`.
 *
 * @throws RangeError unless low and high are whole numbers at most 2²⁴ apart.
 */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  options: CreateOptions = {},
): Tensor {
  const dtype = checkCreate("randint", shape, { ...options, dtype: options.dtype ?? "i32" });
  for (const [name, value] of Object.entries({ low, high })) {
    if (Number.isInteger(requireNumber("randint", name, value, -(2 ** 31), 2 ** 31))) continue;
    throw new RangeError(`randint: ${name} is ${value}; it must be a whole number`);
  }
  if (!(high > low && high - low <= 2 ** 24))
    throw new RangeError(`randint: there must be 1 to 2^24 numbers from ${low} to below ${high}`);
  const make = () => convert(randomIntegers([...shape], low, high), dtype);
  return leaf(
    scope(make, (array) => [array]),
    options,
  );
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
