import { type Fail, printable } from "../../../errors.ts";
import { MESSAGE } from "../object_header.ts";
import { Block } from "./block.ts";
import { dataspace, REFERENCE_SIZE, VARIABLE_TEXT } from "./datatype.ts";
import type { GlobalHeapWriter } from "./global_heap.ts";
import { MAX_MESSAGE, type MessageToWrite } from "./object_header.ts";
import type { AttributeValue, Values } from "./values.ts";

/** The name is in UTF-8. */
const UTF8 = 1;

/** What attributes are written with. */
export interface AttributeContext {
  readonly heap: GlobalHeapWriter;
  readonly fail: Fail;
}

/**
 * An attribute, kept in the header of its object. Format: HDF5 File Format Specification 3.0, section IV.A.2.m
 * (version 3).
 *
 * @throws the error of `fail` when it is larger than 64 KiB, which only a text of variable length may be.
 */
export function attributeMessage(
  name: string,
  value: AttributeValue,
  { heap, fail }: AttributeContext,
): MessageToWrite {
  const { shape, type, size, write } = typeof value === "string" ? reference(value, heap) : value;
  const encodedName = new TextEncoder().encode(`${name}\0`);
  const space = dataspace(shape);
  const data = new Uint8Array(size);
  write(data);
  const block = new Block().u8(3, 0);
  block.u16(encodedName.length).u16(type.length).u16(space.length).u8(UTF8);
  const body = block.raw(encodedName).raw(type).raw(space).raw(data).finish();
  if (body.length > MAX_MESSAGE) {
    throw fail(
      `attribute "${printable(name)}"`,
      `it takes ${body.length} bytes, and HDF5 has room for ${MAX_MESSAGE}`,
      "Use shorter names",
    );
  }
  return { type: MESSAGE.attribute, body };
}

/** Puts a text into a heap. An empty one points nowhere. */
function reference(text: string, heap: GlobalHeapWriter): Values {
  const bytes = new TextEncoder().encode(text);
  const write = (target: Uint8Array) => {
    if (bytes.length === 0) return;
    const place = heap.add(bytes);
    target.set(new Block().u32(bytes.length).u64(place.heap).u32(place.index).finish());
  };
  return { shape: [], type: VARIABLE_TEXT, size: REFERENCE_SIZE, write };
}
