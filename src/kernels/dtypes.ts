import { currentDevice } from "../gpu/index.ts";
import { BYTES, type DType } from "./array.ts";

/**
 * Checks that the current adapter can work with a dtype.
 * @throws Error naming the known dtypes, or what f16 needs.
 */
export function requireDType(name: string, dtype: DType): DType {
  if (!Object.hasOwn(BYTES, dtype)) {
    throw new TypeError(
      `${name}: unknown dtype "${dtype}"; the dtypes are ${Object.keys(BYTES).join(", ")}`,
    );
  }
  if (dtype === "f16" && !currentDevice().features.has("shader-f16")) {
    throw new Error(`${name}: this adapter has no shader-f16, which dtype f16 needs: use f32`);
  }
  return dtype;
}

/** Whether a dtype holds fractions. */
export function isFloat(dtype: DType): boolean {
  return dtype === "f32" || dtype === "f16";
}

/** Whether a dtype can hold a number: any for floats, whole ones in range for integers. */
export function holds(dtype: DType, value: number): boolean {
  if (isFloat(dtype)) return true;
  const [low, high] = dtype === "u32" ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  return Number.isInteger(value) && value >= low && value <= high;
}
