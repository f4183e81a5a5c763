import type { DType } from "../array.ts";

/** The type in which kernels take a dtype's numbers: f16 comes as f32. */
export function numberType(dtype: DType): "f32" | "i32" | "u32" {
  return dtype === "f16" ? "f32" : dtype;
}

/** A number's 32 bits in `numberType(dtype)`, so that one parameter serves every dtype exactly. */
export function numberBits(value: number, dtype: DType): number {
  const scratch = new DataView(new ArrayBuffer(4));
  const type = numberType(dtype);
  if (type === "i32") scratch.setInt32(0, value);
  else if (type === "u32") scratch.setUint32(0, value);
  else scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}
