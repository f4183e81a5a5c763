import { sizeOf } from "../../../base/index.ts";
import { decodeElements, swapBytes } from "../../elements/dtypes.ts";
import type { WeightData } from "../../types.ts";
import { type Datatype, readDataspace, readDatatype } from "./datatype.ts";
import { openFractalHeap } from "./fractal_heap.ts";
import type { GlobalHeaps } from "./heaps.ts";
import { IS_SHARED, MESSAGE, type Message } from "./object_header.ts";
import { Cursor, damaged, type Storage } from "./storage.ts";
import { walkTree2 } from "./trees.ts";

/** Texts, numbers, or undefined for what is neither. A scalar is a list of one. */
export type AttributeValue = readonly string[] | WeightData | undefined;

export interface Attribute {
  readonly name: string;
  /** @throws the file's error when it is damaged. */
  value(): AttributeValue;
}

const utf8 = new TextDecoder();

/** The attributes of an object, by name; their values are read when asked for. */
export function readAttributes(
  storage: Storage,
  messages: readonly Message[],
  heaps: GlobalHeaps,
): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const { type, flags, body } of messages) {
    if (type === MESSAGE.attribute && !(flags & IS_SHARED)) put(body());
    else if (type === MESSAGE.attributeInfo)
      for (const stored of dense(storage, body())) put(stored);
  }
  return attributes;

  function put(cursor: Cursor): void {
    const attribute = readAttribute(storage, cursor, heaps);
    attributes.set(attribute.name, attribute);
  }
}

/** Objects with many attributes keep them in a heap, and a tree of their places. */
function* dense(storage: Storage, info: Cursor): Generator<Cursor> {
  info.version("attribute information", 0);
  if (info.u8() & 1) info.skip(2);
  const heapAddress = info.optionalAddress();
  const tree = info.optionalAddress();
  if (heapAddress === undefined || tree === undefined) return;
  const heap = openFractalHeap(storage, heapAddress);
  for (const record of walkTree2(storage, tree)) yield heap.object(record.part(8));
}

/** Format: section IV.A.2.m of the specification. */
function readAttribute(storage: Storage, cursor: Cursor, heaps: GlobalHeaps): Attribute {
  const version = cursor.version("an attribute", 1, 2, 3);
  const flags = cursor.u8();
  const sizes = [cursor.u16(), cursor.u16(), cursor.u16()];
  if (version === 3) cursor.skip(1);
  const padded = version === 1 ? (size: number) => (size + 7) & ~7 : (size: number) => size;
  const [nameBytes, typeBody, spaceBody] = sizes.map((size) => {
    const part = cursor.part(Math.min(padded(size), cursor.left));
    return part.part(Math.min(size, part.left));
  });
  const name = textOf(nameBytes.bytes(nameBytes.left));
  const data = cursor.part(cursor.left);
  return {
    name,
    value() {
      // A datatype shared with others stands elsewhere; Keras keeps no such thing.
      if (flags & 1) return undefined;
      const fresh = (part: Cursor) => new Cursor(storage, part.address, part.left);
      const type = readDatatype(fresh(typeBody));
      const count = sizeOf(readDataspace(fresh(spaceBody)));
      return readValue(storage, fresh(data), type, count, heaps);
    },
  };
}

function readValue(
  storage: Storage,
  data: Cursor,
  type: Datatype,
  count: number,
  heaps: GlobalHeaps,
): AttributeValue {
  if (!(count * type.size <= data.left)) throw damaged(storage, "an attribute is cut off");
  if (type.text)
    return Array.from({ length: count }, () => readText(data.part(type.size), type, heaps));
  if (!type.number) return undefined;
  const bytes = data.bytes(count * type.size);
  return decodeElements(type.number, type.bigEndian ? swapBytes(bytes, type.size) : bytes);
}

function readText(element: Cursor, type: Datatype, heaps: GlobalHeaps): string {
  if (type.text === "fixed") return textOf(element.bytes(element.left));
  const length = element.u32();
  const address = element.optionalAddress();
  // An empty text points nowhere, which is written as none or as 0.
  if (length === 0 || !address) return "";
  return textOf(heaps.get(address, element.u32()).subarray(0, length));
}

/** Texts are padded with zeros, or end with one. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
