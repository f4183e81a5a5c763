import { halfFromFloats, type Shape, shapeText, sizeOf } from "../../base/index.ts";
import { checkShape, type DType, type TypedArray } from "../../kernels/index.ts";

/** Nested arrays of numbers, all rows of one level equally long. */
export type Nested = number | readonly Nested[];

/** What `tensor()` takes: typed arrays (flat), a number, or nested arrays of numbers. */
export type HostValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | Nested;

type Flat = Exclude<HostValues, Nested>;

export interface Flattened {
  readonly values: Flat | number[];
  readonly shape: Shape;
  /** The dtype that the values' own type suggests. */
  readonly dtype: DType;
}

/** Values in row-major order with their shape. @throws Error for ragged nesting or non-numbers. */
export function flattenValues(values: HostValues): Flattened {
  if (ArrayBuffer.isView(values)) {
    return { values, shape: [values.length], dtype: inferDType(values) };
  }
  const shape: number[] = [];
  for (let level: unknown = values; Array.isArray(level); level = level[0])
    shape.push(level.length);
  checkShape(shape);
  const flat: number[] = [];
  collect(values, shape, 0, [], flat);
  return { values: flat, shape, dtype: "f32" };
}

function inferDType(values: Flat): DType {
  if (values instanceof Float32Array || values instanceof Float64Array) return "f32";
  if (values instanceof Int32Array || values instanceof Int16Array || values instanceof Int8Array)
    return "i32";
  if (
    values instanceof Uint32Array ||
    values instanceof Uint16Array ||
    values instanceof Uint8Array ||
    values instanceof Uint8ClampedArray
  ) {
    return "u32";
  }
  const name = Object.prototype.toString.call(values).slice(8, -1);
  throw new TypeError(
    `tensor: ${name} is not supported; convert it, e.g. Int32Array.from(values, Number)`,
  );
}

function collect(level: Nested, shape: Shape, depth: number, path: number[], flat: number[]): void {
  if (Array.isArray(level)) {
    if (level.length !== shape[depth]) {
      const expected = depth < shape.length ? `${shape[depth]} values` : "a number";
      throw new Error(
        `tensor: ragged nesting: [${path}] has ${level.length} values where the first has ${expected}`,
      );
    }
    level.forEach((item, i) => {
      collect(item, shape, depth + 1, [...path, i], flat);
    });
    return;
  }
  if (depth < shape.length) {
    throw new Error(
      `tensor: ragged nesting: [${path}] is a single value where the first has ${shape[depth]} values`,
    );
  }
  if (typeof level !== "number") {
    throw new TypeError(
      `tensor: [${path}] is ${typeof level}, expected a number or arrays of numbers`,
    );
  }
  flat.push(level);
}

/** Checks a wanted shape against a number of values; `undefined` keeps the values' own shape. */
export function resolveShape(own: Shape, wanted: Shape | undefined): Shape {
  if (wanted === undefined) {
    checkShape(own);
    return own;
  }
  checkShape(wanted);
  const count = sizeOf(own);
  if (sizeOf(wanted) !== count) {
    throw new Error(
      `tensor: ${count} values don't fill shape ${shapeText(wanted)}, which has ${sizeOf(wanted)} elements`,
    );
  }
  return [...wanted];
}

/** The values as the memory of an array of `dtype` holds them. Integers are cut towards zero. */
export function encodeValues(values: Flat | number[], dtype: DType): TypedArray {
  if (dtype === "f32" || dtype === "f16") {
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    return dtype === "f32" ? floats : halfFromFloats(floats);
  }
  if (dtype === "i32") {
    if (values instanceof Int32Array) return values;
    checkRange(values, dtype, -(2 ** 31), 2 ** 31 - 1);
    return Int32Array.from(values);
  }
  if (values instanceof Uint32Array) return values;
  checkRange(values, dtype, 0, 2 ** 32 - 1);
  return Uint32Array.from(values);
}

function checkRange(values: ArrayLike<number>, dtype: DType, low: number, high: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = Math.trunc(values[i]!);
    if (value >= low && value <= high) continue;
    throw new RangeError(
      `tensor: value ${values[i]} at index ${i} doesn't fit ${dtype}, which holds ${low} to ${high}`,
    );
  }
}
