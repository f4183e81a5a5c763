import { checkOptions, type Shape } from "../../base/index.ts";
import {
  type DType,
  fill,
  holds,
  type NDArray,
  requireDType,
  upload,
} from "../../kernels/index.ts";
import { requireNumber } from "../checks.ts";
import { Tensor } from "../tensor.ts";
import { encodeValues, flattenValues, type HostValues, resolveShape } from "./host_values.ts";

export interface CreateOptions {
  dtype?: DType;
  /** Track gradients; only for f32. */
  requiresGrad?: boolean;
}

export interface TensorOptions extends CreateOptions {
  /** Default: the nesting of the values, or one dimension for a typed array. */
  shape?: Shape;
}

/**
 * A tensor with the given values, row-major.
 *
 * The dtype is inferred unless given: `Float32Array`, `Float64Array` and nested numbers → f32;
 * `Int8/16/32Array` → i32; `Uint8/16/32Array` → u32.
 *
 * @example tensor([[1, 2], [3, 4]])                             // shape [2, 2], f32
 * @example tensor(new Uint8Array(bytes), { shape: [3, 32, 32] }) // u32
 * @throws Error for ragged nesting, a shape the values don't fill, an empty tensor, f16 without shader-f16.
 */
export function tensor(values: HostValues, options: TensorOptions = {}): Tensor {
  checkOptions("tensor", options, ["shape", "dtype", "requiresGrad"]);
  const flat = flattenValues(values);
  const shape = resolveShape(flat.shape, options.shape);
  const dtype = requireDType("tensor", options.dtype ?? flat.dtype);
  const encoded = encodeValues(flat.values, dtype);
  const made = leaf(upload(encoded, shape, dtype), options);
  return dtype === "f16" ? made : made.knows(encoded);
}

/** A tensor of the given shape with every element set to `value`. */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  return filled("full", shape, value, options);
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options: CreateOptions = {}): Tensor {
  return filled("zeros", shape, 0, options);
}

/** A tensor of ones. */
export function ones(shape: Shape, options: CreateOptions = {}): Tensor {
  return filled("ones", shape, 1, options);
}

/** Zeros with the shape and (unless given) the dtype of `like`. */
export function zerosLike(like: Tensor, options: CreateOptions = {}): Tensor {
  return filled("zerosLike", like.shape, 0, { dtype: like.dtype, ...options });
}

/** Ones with the shape and (unless given) the dtype of `like`. */
export function onesLike(like: Tensor, options: CreateOptions = {}): Tensor {
  return filled("onesLike", like.shape, 1, { dtype: like.dtype, ...options });
}

/** A tensor with the shape and (unless given) the dtype of `like`, every element set to `value`. */
export function fullLike(like: Tensor, value: number, options: CreateOptions = {}): Tensor {
  return filled("fullLike", like.shape, value, { dtype: like.dtype, ...options });
}

export interface ArangeOptions extends CreateOptions {
  start?: number;
  step?: number;
}

/**
 * start, start + step, … up to but without `end`; shape [ceil((end − start) / step)].
 * i32 when all three are whole numbers, else f32.
 */
export function arange(end: number, options: ArangeOptions = {}): Tensor {
  checkOptions("arange", options, ["start", "step", "dtype", "requiresGrad"]);
  const { start = 0, step = 1 } = options;
  const count = Math.ceil((end - start) / step);
  if (!(count > 0 && Number.isFinite(count))) {
    throw new Error(`arange: from ${start} to ${end} in steps of ${step} there is no element`);
  }
  const whole = [start, end, step].every(Number.isInteger);
  const dtype = requireDType(
    "arange",
    options.dtype ?? (whole && !options.requiresGrad ? "i32" : "f32"),
  );
  const values = Float64Array.from({ length: count }, (_, i) => start + i * step);
  return leaf(upload(encodeValues(values, dtype), [count], dtype), options);
}

/** `steps` numbers from `start` to `end`, both included, at equal distances; f32. One step is `start`. */
export function linspace(
  start: number,
  end: number,
  steps: number,
  options: CreateOptions = {},
): Tensor {
  const dtype = checkCreate("linspace", [steps], options);
  for (const [name, value] of Object.entries({ start, end }))
    requireNumber("linspace", name, value);
  if (!Number.isInteger(requireNumber("linspace", "steps", steps, 1)))
    throw new RangeError(`linspace: steps is ${steps}; it must be a whole number`);
  const distance = steps > 1 ? (end - start) / (steps - 1) : 0;
  // From the nearer end, so that both ends are exact.
  const at = (i: number) =>
    i < steps / 2 ? start + i * distance : end - (steps - 1 - i) * distance;
  const values = Float64Array.from({ length: steps }, (_, i) => at(i));
  return leaf(upload(encodeValues(values, dtype), [steps], dtype), options);
}

/** The identity matrix [n, m] (m = n unless given). */
export function eye(n: number, m = n, options: CreateOptions = {}): Tensor {
  checkOptions("eye", options, ["dtype", "requiresGrad"]);
  const dtype = requireDType("eye", options.dtype ?? "f32");
  const shape = resolveShape([n, m], undefined);
  const values = new Float32Array(n * m);
  for (let i = 0; i < Math.min(n, m); i++) values[i * m + i] = 1;
  return leaf(upload(encodeValues(values, dtype), shape, dtype), options);
}

function filled(name: string, shape: Shape, value: number, options: CreateOptions): Tensor {
  const dtype = checkCreate(name, shape, options);
  if (typeof value !== "number" || !holds(dtype, value)) {
    throw new TypeError(`${name}: the value ${String(value)} doesn't fit dtype ${dtype}`);
  }
  return leaf(fill([...shape], value, dtype), options);
}

export function checkCreate(name: string, shape: Shape, options: CreateOptions): DType {
  checkOptions(name, options, ["dtype", "requiresGrad"]);
  if (!Array.isArray(shape)) {
    throw new TypeError(`${name}: the shape must be a list of numbers, e.g. [2, 3]`);
  }
  return requireDType(name, options.dtype ?? "f32");
}

/** A leaf over a new array. One that requires gradients is a parameter and no scope's to free. */
export function leaf(array: NDArray, { requiresGrad = false }: CreateOptions): Tensor {
  if (requiresGrad) array.keep();
  return new Tensor(array).requiresGrad_(requiresGrad);
}
