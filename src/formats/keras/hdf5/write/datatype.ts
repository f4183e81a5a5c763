import { Block } from "./block.ts";

// Datatype messages. Format: HDF5 File Format Specification 3.0, section IV.A.2.d. The first byte has the version in its
// upper half and the class in its lower one; three bytes of class bits and the size of an element follow.

const INTEGER = 0x10;
const FLOAT = 0x11;
const FIXED_TEXT = 0x13;
const VARIABLE_LENGTH = 0x19;

const ASCII = 0;
const UTF8 = 1;

export const FLOAT32_SIZE = 4;

/**
 * float32, little-endian. Class bits: the mantissa's leading one is implied (0x20); bit 31 is the sign. Then the offset and
 * number of all bits, place and size of the exponent, those of the mantissa, and the exponent's bias.
 */
export const FLOAT32 = new Block()
  .u8(FLOAT, 0x20, 31, 0)
  .u32(FLOAT32_SIZE)
  .u16(0)
  .u16(32)
  .u8(23, 8, 0, 23)
  .u32(127)
  .finish();

export const FLOAT16_SIZE = 2;

/** float16, little-endian. */
export const FLOAT16 = new Block()
  .u8(FLOAT, 0x20, 15, 0)
  .u32(FLOAT16_SIZE)
  .u16(0)
  .u16(16)
  .u8(10, 5, 0, 10)
  .u32(15)
  .finish();

/** Texts of a fixed number of bytes, padded with zeros. */
export function fixedTextType(bytes: number, isAscii: boolean): Uint8Array {
  const padding = 1;
  const bits = padding | ((isAscii ? ASCII : UTF8) << 4);
  return new Block().u8(FIXED_TEXT, bits, 0, 0).u32(bytes).finish();
}

/** Bytes of a reference to a text in a global heap: its length, the heap's address, its number there. */
export const REFERENCE_SIZE = 16;

/** Texts of any length, kept in a global heap: lists (class bit 1: texts) of unsigned bytes. */
export const VARIABLE_TEXT = new Block()
  .u8(VARIABLE_LENGTH, 1, UTF8, 0)
  .u32(REFERENCE_SIZE)
  .u8(INTEGER, 0, 0, 0)
  .u32(1)
  .u16(0)
  .u16(8)
  .finish();

/** The dataspace of a shape; a scalar has no dimensions. Format: section IV.A.2.b of the specification, version 1. */
export function dataspace(shape: readonly number[]): Uint8Array {
  const block = new Block().u8(1, shape.length).zeros(6);
  for (const length of shape) block.u64(length);
  return block.finish();
}
