import { dtypeSize, type KnownDtype } from "../../../elements/dtypes.ts";
import { Block } from "./block.ts";

/** The numbers that HDF5 has a datatype for; bfloat16 and booleans are conventions of h5py and Keras. */
export type NumberDtype = Exclude<KnownDtype, "bf16" | "bool">;

/** Bits of sign and exponent; what is left of the element is the mantissa. */
const EXPONENT_BITS: Readonly<Record<"f16" | "f32" | "f64", number>> = { f16: 5, f32: 8, f64: 11 };

/** Version of the message in the upper half, class in the lower one. */
const INTEGER = 0x10;
const FLOAT = 0x11;
const FIXED_TEXT = 0x13;
const VARIABLE_LENGTH = 0x19;

const ASCII = 0;
const UTF8 = 1;

/** The datatype of little-endian numbers. Format: HDF5 File Format Specification 3.0, section IV.A.2.d. */
export function numberType(dtype: NumberDtype): Uint8Array {
  if (dtype === "f16" || dtype === "f32" || dtype === "f64") return floatType(dtype);
  return integerType(dtypeSize(dtype), dtype.startsWith("i"));
}

function integerType(size: number, isSigned: boolean): Uint8Array {
  const block = new Block().u8(INTEGER, isSigned ? 8 : 0, 0, 0).u32(size);
  // Offset of the first bit, and how many there are.
  return block
    .u16(0)
    .u16(8 * size)
    .finish();
}

function floatType(dtype: keyof typeof EXPONENT_BITS): Uint8Array {
  const size = dtypeSize(dtype);
  const bits = 8 * size;
  const exponent = EXPONENT_BITS[dtype];
  const mantissa = bits - 1 - exponent;
  // 0x20: the mantissa's leading one is implied. Then the place of the sign.
  const block = new Block().u8(FLOAT, 0x20, bits - 1, 0).u32(size);
  block.u16(0).u16(bits).u8(mantissa, exponent, 0, mantissa);
  return block.u32(2 ** (exponent - 1) - 1).finish();
}

/** Texts of a fixed number of bytes, padded with zeros. */
export function fixedTextType(bytes: number, isAscii: boolean): Uint8Array {
  const padding = 1;
  const bits = padding | ((isAscii ? ASCII : UTF8) << 4);
  return new Block().u8(FIXED_TEXT, bits, 0, 0).u32(bytes).finish();
}

/** Bytes of a reference to a text in a global heap: its length, the heap's address, its number there. */
export const REFERENCE_SIZE = 16;

/** Texts of any length, kept in a global heap. */
export function variableTextType(): Uint8Array {
  const text = 1;
  const block = new Block().u8(VARIABLE_LENGTH, text, UTF8, 0).u32(REFERENCE_SIZE);
  return block.raw(integerType(1, false)).finish();
}

/** The dataspace of a shape; a scalar has no dimensions. Format: section IV.A.2.b of the specification, version 1. */
export function dataspace(shape: readonly number[]): Uint8Array {
  const block = new Block().u8(1, shape.length).zeros(6);
  for (const length of shape) block.u64(length);
  return block.finish();
}
