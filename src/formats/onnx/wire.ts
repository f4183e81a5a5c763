import { PbfReader } from "pbf";
import { DAMAGED, type Fail } from "../errors.ts";

/** One field of a protobuf message. */
export interface Field {
  /** What the message's definition calls it by. */
  readonly number: number;
  /** Of a varint or a fixed-size number, else 0. Integers beyond 2⁵³ are inexact. */
  readonly value: number;
  /** Of a text, a message or a packed list; empty for numbers. */
  readonly bytes: Uint8Array;
  /** Varint 0, 64 bits 1, bytes 2, 32 bits 5. */
  readonly wire: number;
}

const NO_BYTES = new Uint8Array(0);
const utf8 = new TextDecoder();

/**
 * Reads the fields of a message one after the other.
 *
 * pbf itself believes the lengths it reads; here they are held against the bytes that there are.
 *
 * @throws the error of `fail` when the message is cut off or no protobuf.
 */
export function* readFields(bytes: Uint8Array, fail: Fail): Generator<Field> {
  const reader = new PbfReader(bytes);
  while (reader.pos < bytes.length) yield readField(reader, bytes, fail);
}

function readField(reader: PbfReader, bytes: Uint8Array, fail: Fail): Field {
  try {
    const tag = reader.readVarint();
    const field = readValue(reader, tag >>> 3, tag & 7, bytes);
    if (field && reader.pos <= bytes.length) return field;
  } catch {
    // pbf throws plain errors, and the buffer's view range errors.
  }
  throw fail("protobuf", "one of its messages is cut off", DAMAGED);
}

function readValue(
  reader: PbfReader,
  number: number,
  wire: number,
  bytes: Uint8Array,
): Field | undefined {
  if (number === 0) return undefined;
  const plain = { number, wire, bytes: NO_BYTES };
  if (wire === 0) return { ...plain, value: reader.readVarint(true) };
  if (wire === 1) return { ...plain, value: reader.readDouble() };
  if (wire === 5) return { ...plain, value: reader.readFloat() };
  if (wire !== 2) return undefined;
  const length = reader.readVarint();
  const start = reader.pos;
  if (!(length <= bytes.length - start)) return undefined;
  reader.pos += length;
  return { number, wire, value: 0, bytes: bytes.subarray(start, start + length) };
}

/** A field that holds a text. */
export function textOf({ bytes }: Field): string {
  return utf8.decode(bytes);
}

/** Adds the integers of a repeated field, which may come one by one or packed. */
export function pushIntegers(list: number[], { wire, value, bytes }: Field, fail: Fail): void {
  if (wire !== 2) {
    list.push(value);
    return;
  }
  const reader = new PbfReader(bytes);
  try {
    while (reader.pos < bytes.length) list.push(reader.readVarint(true));
  } catch {
    throw fail("protobuf", "a list of integers is cut off", DAMAGED);
  }
}

/** Adds the float32 numbers of a repeated field. */
export function pushFloats(list: number[], { wire, value, bytes }: Field): void {
  if (wire !== 2) {
    list.push(value);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length; at += 4) list.push(view.getFloat32(at, true));
}

/** Reads packed varints as 64-bit integers, exactly. */
export function bigVarints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte < 128 || shift > 63n) {
      values.push(value);
      value = 0n;
      shift = 0n;
    }
  }
  return values;
}
