import { type Shape, sameShape, shapeText } from "../base/index.ts";
import { isFloat } from "../kernels/index.ts";
import { Tensor } from "./tensor.ts";

/** @throws TypeError when `value` is not a tensor, saying what it is. */
export function requireTensor(name: string, role: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  const what =
    value === null || typeof value !== "object" ? String(value) : value.constructor?.name;
  throw new TypeError(`${name}: ${role} must be a tensor, not ${what}`);
}

/** @throws TypeError when `value` is not a tensor of f32 or f16. */
export function requireFloat(name: string, role: string, value: unknown): Tensor {
  const tensor = requireTensor(name, role, value);
  if (isFloat(tensor.dtype)) return tensor;
  throw new TypeError(
    `${name}: ${role} has dtype ${tensor.dtype}; floating-point values are needed: convert it with to("f32")`,
  );
}

/** @throws TypeError when `value` is not a tensor of f32. */
export function requireF32(name: string, role: string, value: unknown): Tensor {
  const tensor = requireTensor(name, role, value);
  if (tensor.dtype === "f32") return tensor;
  throw new TypeError(`${name}: ${role} has dtype ${tensor.dtype}; it must be f32`);
}

/** @throws Error when a tensor's rank is not in low..high; `layout` shows what is expected. */
export function requireRank(
  name: string,
  role: string,
  tensor: Tensor,
  low: number,
  high: number,
  layout: string,
): void {
  if (tensor.ndim >= low && tensor.ndim <= high) return;
  throw new Error(`${name}: ${role} has shape ${shapeText(tensor.shape)}; ${layout} is expected`);
}

/** @throws Error when a tensor doesn't have exactly the shape wanted. */
export function requireShape(
  name: string,
  role: string,
  tensor: Tensor,
  wanted: Shape,
  why: string,
): void {
  const { shape } = tensor;
  if (sameShape(shape, wanted)) return;
  throw new Error(
    `${name}: ${role} has shape ${shapeText(shape)}; ${why} needs ${shapeText(wanted)}`,
  );
}

/** @throws RangeError when a number option is outside low..high or not a number. */
export function requireNumber(
  name: string,
  option: string,
  value: unknown,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): number {
  if (typeof value === "number" && value >= low && value <= high) return value;
  const bounds =
    low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY
      ? "a number"
      : high === Number.POSITIVE_INFINITY
        ? `a number of at least ${low}`
        : `a number from ${low} to ${high}`;
  throw new RangeError(`${name}: ${option} is ${String(value)}; it must be ${bounds}`);
}

/** @throws TypeError when `value` is not one of the words in `known`. */
export function requireWord<W extends string>(
  name: string,
  option: string,
  value: unknown,
  known: readonly W[],
): W {
  const found = known.find((word) => word === value);
  if (found !== undefined) return found;
  const words = known.map((word) => `"${word}"`).join(", ");
  throw new TypeError(`${name}: ${option} is ${JSON.stringify(value)}; it must be one of ${words}`);
}
