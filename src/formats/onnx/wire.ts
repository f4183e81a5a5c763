import { PbfReader } from "pbf";
import { DAMAGED, type Fail } from "../errors.ts";
import { type ByteRanges, type Bytes, partOf, rangesOf } from "../sources/ranges.ts";

/** What a protobuf message holds of one field, once. */
export interface Part {
  /** What the message's definition calls it by. */
  readonly number: number;
  /** Of a varint or a fixed-size number, else 0. Integers beyond 2⁵³ are inexact. */
  readonly value: number;
  /** Of a text, a message or a packed list; empty for numbers. What is large stays in the file. */
  readonly bytes: Bytes;
  /** Varint 0, 64 bits 1, bytes 2, 32 bits 5. */
  readonly wire: number;
}

const NO_BYTES = new Uint8Array(0);

/** How much of a message in a file is looked at at a time. */
const WINDOW = 2 ** 16;

/** More than the tag with the number or length behind it takes: two varints of ten bytes. */
const MAX_HEAD = 20;

/**
 * Reads a message, field after field.
 *
 * pbf itself believes the lengths it reads; here they are held against the bytes that there are.
 *
 * @throws the error of `fail` when the message is cut off or no protobuf.
 */
export function* readParts(message: Bytes, fail: Fail): Generator<Part> {
  const file = rangesOf(message);
  for (let at = 0; at < file.size; ) {
    const end = message instanceof Uint8Array ? file.size : Math.min(at + WINDOW, file.size);
    const window = file.read(at, end);
    const view: Window = { file, start: at, reader: new PbfReader(window), bytes: window };
    const last = end < file.size ? window.length - MAX_HEAD : window.length;
    while (view.reader.pos < last) yield readPart(view, fail);
    at += view.reader.pos;
  }
}

/** A part of a message that is in memory. */
interface Window {
  readonly file: ByteRanges;
  /** Where it begins in the message. */
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly reader: PbfReader;
}

function readPart(window: Window, fail: Fail): Part {
  const { file, reader, start } = window;
  try {
    const tag = reader.readVarint();
    const part = readValue(window, tag >>> 3, tag & 7);
    if (part && start + reader.pos <= file.size) return part;
  } catch {
    // pbf throws plain errors, and the buffer's view range errors.
  }
  throw fail("protobuf", "one of its messages is cut off", DAMAGED);
}

function readValue(window: Window, number: number, wire: number): Part | undefined {
  const { reader, file, bytes, start } = window;
  if (number === 0) return undefined;
  const plain = { number, wire, bytes: NO_BYTES };
  if (wire === 0) return { ...plain, value: reader.readVarint(true) };
  if (wire === 1) return { ...plain, value: reader.readDouble() };
  if (wire === 5) return { ...plain, value: reader.readFloat() };
  if (wire !== 2) return undefined;
  const length = reader.readVarint();
  const from = reader.pos;
  const to = from + length;
  if (!(start + to <= file.size)) return undefined;
  // Beyond the window, where the next one will begin.
  reader.pos = to;
  const isHere = to <= bytes.length;
  const content = isHere ? bytes.subarray(from, to) : partOf(file, start + from, start + to);
  return { number, wire, value: 0, bytes: content };
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
