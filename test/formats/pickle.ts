/** Writes pickles by hand, opcode by opcode, so that tests can write what Python never would. */

const utf8 = new TextEncoder();

export type Piece = number | readonly Piece[];

export function bytes(...pieces: readonly Piece[]): Uint8Array {
  return Uint8Array.from(flat(pieces));
}

function flat(pieces: readonly Piece[]): number[] {
  const all: number[] = [];
  for (const piece of pieces) {
    if (typeof piece === "number") all.push(piece);
    else for (const byte of flat(piece)) all.push(byte);
  }
  return all;
}

export const PROTO = [0x80, 2];
export const MARK = 0x28;
export const STOP = 0x2e;
export const REDUCE = 0x52;
export const BUILD = 0x62;
export const TUPLE = 0x74;
export const EMPTY_TUPLE = 0x29;
export const EMPTY_DICT = 0x7d;
export const EMPTY_LIST = 0x5d;
export const SETITEM = 0x73;
export const SETITEMS = 0x75;
export const APPEND = 0x61;
export const APPENDS = 0x65;
export const BINPERSID = 0x51;
export const NONE = 0x4e;
export const DUP = 0x32;

export const u32 = (value: number): Piece => [
  value & 255,
  (value >>> 8) & 255,
  (value >>> 16) & 255,
  (value >>> 24) & 255,
];
export const text = (value: string): Piece => {
  const encoded = [...utf8.encode(value)];
  return [0x58, u32(encoded.length), encoded];
};
export const global = (module: string, name: string): Piece => [
  0x63,
  [...utf8.encode(`${module}\n${name}\n`)],
];
export const int = (value: number): Piece => [0x4a, u32(value)];
export const put = (index: number): Piece => [0x71, index];
export const get = (index: number): Piece => [0x68, index];
export const tuple = (...items: readonly Piece[]): Piece => [MARK, items, TUPLE];
export const call = (module: string, name: string, ...args: readonly Piece[]): Piece => [
  global(module, name),
  tuple(...args),
  REDUCE,
];

/** A storage of `count` elements under `key`. */
export const storage = (type: string, key: string, count: number, view: Piece = []): Piece => [
  tuple(text("storage"), global("torch", type), text(key), text("cpu"), int(count), view),
  BINPERSID,
];

/** A tensor over a storage. */
export const tensor = (
  source: Piece,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): Piece =>
  call(
    "torch._utils",
    "_rebuild_tensor_v2",
    source,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    0x89,
    call("collections", "OrderedDict"),
  );

/** A dictionary of the given values. */
export const dict = (...entries: readonly (readonly [string, Piece])[]): Piece => [
  EMPTY_DICT,
  MARK,
  entries.map(([key, value]) => [text(key), value]),
  SETITEMS,
];
