import type { TensorToWrite, WeightData, WeightDtype } from "../../src/formats/index.ts";

/** One small tensor of every dtype, with values that each can hold exactly, negative ones and extremes included. */
export function sampleTensors(dtypes: readonly WeightDtype[] = SAMPLE_DTYPES): TensorToWrite[] {
  return dtypes.map((dtype) => ({
    name: `layer.${dtype}`,
    shape: [2, 3],
    dtype,
    data: sampleData(dtype),
  }));
}

export const SAMPLE_DTYPES: readonly WeightDtype[] = [
  "f64",
  "f32",
  "f16",
  "bf16",
  "i8",
  "u8",
  "i16",
  "u16",
  "i32",
  "u32",
  "i64",
  "u64",
  "bool",
];

function sampleData(dtype: WeightDtype): WeightData {
  switch (dtype) {
    case "f64":
      return Float64Array.of(0.1, -1e300, 5e-324, 1, 2, Number.POSITIVE_INFINITY);
    case "f32":
      return Float32Array.of(0.1, -1e38, 1e-45, 1, 2, Number.NEGATIVE_INFINITY);
    case "f16":
      return Float32Array.of(0.5, -65504, 2 ** -24, 1.0009765625, -0, 3);
    case "bf16":
      return Float32Array.of(0.5, -(2 ** 127), 2 ** -133, 1.0078125, -0, 3);
    case "i8":
      return Int8Array.of(-128, 127, 0, 1, 2, 3);
    case "u8":
      return Uint8Array.of(255, 128, 0, 1, 2, 3);
    case "i16":
      return Int16Array.of(-32768, 32767, 0, 1, 2, 3);
    case "u16":
      return Uint16Array.of(65535, 32768, 0, 1, 2, 3);
    case "i32":
      return Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1, 2, 3);
    case "u32":
      return Uint32Array.of(2 ** 32 - 1, 2 ** 31, 0, 1, 2, 3);
    case "i64":
      return BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n, 2n, 3n);
    case "u64":
      return BigUint64Array.of(2n ** 64n - 1n, 2n ** 63n, 0n, 1n, 2n, 3n);
    case "bool":
      return Uint8Array.of(1, 0, 0, 1, 1, 0);
    default:
      throw new Error(`no sample of dtype ${dtype}`);
  }
}
