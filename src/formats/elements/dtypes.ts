import {
  bfloatFromFloats,
  floatsFromBfloat,
  floatsFromHalf,
  halfFromFloats,
} from "../../base/index.ts";
import type { WeightData, WeightDtype } from "../types.ts";
import { FRESH, type Room } from "./decoding.ts";

/** A dtype that can be decoded. */
export type KnownDtype = Exclude<WeightDtype, "other">;

type ArrayType<T extends WeightData> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
};

interface Codec {
  /** Bytes of an element in a file. */
  readonly size: number;
  /** The array type of decoded elements. */
  readonly decoded: ArrayType<WeightData>;
  readonly decode: (bytes: Uint8Array, room: Room) => WeightData;
  /** Undefined where `data` is not of the decoded type. */
  readonly encode: (data: WeightData) => Uint8Array | undefined;
}

function plain<T extends WeightData>(type: ArrayType<T>): Codec {
  return {
    size: type.BYTES_PER_ELEMENT,
    decoded: type,
    decode: (bytes, room) => view(type, bytes, room),
    encode: (data) => (data instanceof type ? bytesOf(data) : undefined),
  };
}

function halfLike(
  decode: (halves: Uint16Array, floats: Float32Array) => Float32Array,
  encode: (values: Float32Array) => Uint16Array,
): Codec {
  return {
    size: 2,
    decoded: Float32Array,
    decode(bytes, room) {
      const halves = view(Uint16Array, bytes, room);
      return decode(halves, new Float32Array(room.take(2 * bytes.length), 0, halves.length));
    },
    encode: (data) => (data instanceof Float32Array ? bytesOf(encode(data)) : undefined),
  };
}

const BOOL: Codec = {
  ...plain(Uint8Array),
  // Whatever isn't zero is true, as in C.
  decode: (bytes) => bytes.map((byte) => (byte ? 1 : 0)),
  encode: (data) => (data instanceof Uint8Array ? data.map((value) => (value ? 1 : 0)) : undefined),
};

const CODECS: Readonly<Record<KnownDtype, Codec>> = {
  f64: plain(Float64Array),
  f32: plain(Float32Array),
  f16: halfLike(floatsFromHalf, halfFromFloats),
  bf16: halfLike(floatsFromBfloat, bfloatFromFloats),
  i8: plain(Int8Array),
  u8: plain(Uint8Array),
  i16: plain(Int16Array),
  u16: plain(Uint16Array),
  i32: plain(Int32Array),
  u32: plain(Uint32Array),
  i64: plain(BigInt64Array),
  u64: plain(BigUint64Array),
  bool: BOOL,
};

export const KNOWN_DTYPES = Object.keys(CODECS) as readonly KnownDtype[];

/** Bytes that one element takes in a file. */
export function dtypeSize(dtype: KnownDtype): number {
  return CODECS[dtype].size;
}

/**
 * Decodes little-endian elements. WebGPU's hosts are all little-endian, so aligned bytes are viewed, not copied.
 *
 * @param bytes a whole number of elements.
 * @param room for what can't be a view.
 */
export function decodeElements(
  dtype: KnownDtype,
  bytes: Uint8Array,
  room: Room = FRESH,
): WeightData {
  return CODECS[dtype].decode(bytes, room);
}

/**
 * Encodes elements as little-endian bytes; a view of `data` where the bytes are the same.
 *
 * @throws TypeError when `data` is of another array type than `decodeElements` gives for `dtype`.
 */
export function encodeElements(dtype: KnownDtype, data: WeightData): Uint8Array {
  const bytes = CODECS[dtype].encode(data);
  if (bytes) return bytes;
  const wanted = CODECS[dtype].decode(new Uint8Array(0), FRESH).constructor.name;
  throw new TypeError(`dtype ${dtype} is written from a ${wanted}, not a ${data.constructor.name}`);
}

function view<T extends WeightData>(type: ArrayType<T>, bytes: Uint8Array, room: Room): T {
  const size = type.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : copied(bytes, room);
  return new type(aligned.buffer, aligned.byteOffset, bytes.byteLength / size);
}

function copied(bytes: Uint8Array, room: Room): Uint8Array {
  const copy = new Uint8Array(room.take(bytes.length), 0, bytes.length);
  copy.set(bytes);
  return copy;
}

/** The bytes of a typed array, without copying. */
export function bytesOf(data: WeightData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** @returns a copy with the bytes of each element reversed: big-endian to little-endian or back. */
export function swapBytes(bytes: Uint8Array, size: number, room: Room = FRESH): Uint8Array {
  const swapped = new Uint8Array(room.take(bytes.length), 0, bytes.length);
  for (let start = 0; start < bytes.length; start += size) {
    for (let i = 0; i < size; i++) swapped[start + i] = bytes[start + size - 1 - i];
  }
  return swapped;
}
