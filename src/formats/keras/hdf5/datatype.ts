import type { KnownDtype } from "../../elements/dtypes.ts";
import type { Cursor } from "./storage.ts";

/** How an element is stored. */
export interface Datatype {
  /** Bytes of an element in the file. */
  readonly size: number;
  /** Undefined for what isn't a number: see `text` and `name`. */
  readonly number?: KnownDtype;
  readonly bigEndian: boolean;
  /** A text of a fixed length, or one kept in a heap. */
  readonly text?: "fixed" | "variable";
  /** For messages, and to tell what Keras keeps in raw bytes: "opaque". */
  readonly name: string;
}

const CLASS_NAMES = [
  "integer",
  "float",
  "time",
  "text",
  "bit field",
  "opaque",
  "compound",
  "reference",
  "enumeration",
  "variable-length",
  "array",
] as const;

/** Reads a datatype message. Format: section IV.A.2.d of the specification. Never fails on an unknown type. */
export function readDatatype(cursor: Cursor): Datatype {
  const kind = cursor.u8() & 15;
  const bits = cursor.uint(3);
  const size = cursor.u32();
  const name = CLASS_NAMES[kind] ?? `class ${kind}`;
  const plain: Datatype = { size, bigEndian: (bits & 1) === 1, name };
  if (kind === 0) return { ...plain, number: integer(size, (bits & 8) !== 0) };
  if (kind === 1) return { ...plain, number: float(size, cursor) };
  if (kind === 3) return { ...plain, text: "fixed" };
  if (kind === 9 && (bits & 15) === 1) return { ...plain, text: "variable" };
  if (kind !== 8) return plain;
  const base = readDatatype(cursor);
  // h5py keeps booleans as an enumeration of FALSE and TRUE.
  return { ...base, name, number: base.number === "i8" ? "bool" : base.number };
}

function integer(size: number, isSigned: boolean): KnownDtype | undefined {
  if (size === 1) return isSigned ? "i8" : "u8";
  if (size === 2) return isSigned ? "i16" : "u16";
  if (size === 4) return isSigned ? "i32" : "u32";
  if (size === 8) return isSigned ? "i64" : "u64";
  return undefined;
}

function float(size: number, cursor: Cursor): KnownDtype | undefined {
  if (size === 4) return "f32";
  if (size === 8) return "f64";
  // Bit offset and precision, place of the exponent; then its size, which tells the two kinds apart.
  const exponent = cursor.skip(5).u8();
  if (size !== 2) return undefined;
  return exponent === 5 ? "f16" : exponent === 8 ? "bf16" : undefined;
}

/** Reads a dataspace message; a scalar has no dimensions, and one that holds nothing has a 0. */
export function readDataspace(cursor: Cursor): number[] {
  const version = cursor.version("a dataspace", 1, 2);
  const rank = cursor.u8();
  cursor.skip(1);
  const kind = version === 2 ? cursor.u8() : 1;
  if (version === 1) cursor.skip(5);
  if (kind === 2) return [0];
  return Array.from({ length: rank }, () => cursor.length());
}
