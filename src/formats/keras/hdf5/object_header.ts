import { Cursor, damaged, type Storage } from "./storage.ts";

/** One entry of an object's header: what it says of the object. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  /** Its bytes. Each reading needs a cursor of its own. */
  readonly body: () => Cursor;
}

export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** The message lies in another object's header; only datatypes that several objects share are kept so. */
export const IS_SHARED = 2;

/** Attributes of a header lie in it or in these further blocks; more than that is a loop. */
const MAX_BLOCKS = 4096;

/**
 * Reads the header of a group or dataset. Format: section IV.A of the specification.
 *
 * @throws the file's error when it is damaged.
 */
export function readObjectHeader(storage: Storage, address: number): Message[] {
  const cursor = new Cursor(storage, address);
  const isNew = cursor.bytes(4).every((byte, i) => byte === "OHDR".charCodeAt(i));
  return isNew ? newHeader(storage, cursor) : oldHeader(storage, address);
}

/** How the two versions of headers differ. */
interface HeaderForm {
  /** Bytes in front of a message's body; what is left of a block and shorter is a gap. */
  readonly prefix: number;
  readonly readPrefix: (cursor: Cursor) => Pick<Message, "type" | "flags"> & { length: number };
  /** The messages of a further block, without what frames them. */
  readonly open: (block: Cursor) => Cursor;
}

function readBlocks(storage: Storage, first: Cursor, form: HeaderForm): Message[] {
  const messages: Message[] = [];
  const blocks: Cursor[] = [first];
  for (let i = 0; i < blocks.length; i++) {
    if (i > MAX_BLOCKS) throw damaged(storage, "the header of an object doesn't end");
    const block = blocks[i];
    while (block.left >= form.prefix) {
      const { type, flags, length } = form.readPrefix(block);
      const start = block.address;
      block.skip(length);
      const body = () => new Cursor(storage, start, length);
      if (type === MESSAGE.continuation) blocks.push(form.open(continuation(storage, body())));
      else if (type !== 0) messages.push({ type, flags, body });
    }
  }
  return messages;
}

function continuation(storage: Storage, body: Cursor): Cursor {
  const address = body.target();
  return new Cursor(storage, address, body.length());
}

function oldHeader(storage: Storage, address: number): Message[] {
  const prefix = new Cursor(storage, address);
  prefix.version("an object header", 1);
  prefix.skip(7);
  const size = prefix.u32();
  const first = prefix.skip(4).part(Math.min(size, prefix.left));
  return readBlocks(storage, first, {
    prefix: 8,
    readPrefix(cursor) {
      const [type, length] = [cursor.u16(), cursor.u16()];
      const flags = cursor.u8();
      cursor.skip(3);
      return { type, flags, length };
    },
    open: (block) => block,
  });
}

function newHeader(storage: Storage, cursor: Cursor): Message[] {
  cursor.version("an object header", 2);
  const headerFlags = cursor.u8();
  if (headerFlags & 0x20) cursor.skip(16);
  if (headerFlags & 0x10) cursor.skip(4);
  const size = cursor.uint(1 << (headerFlags & 3));
  const prefix = headerFlags & 4 ? 6 : 4;
  return readBlocks(storage, cursor.part(size), {
    prefix,
    readPrefix(block) {
      const type = block.u8();
      const length = block.u16();
      const flags = block.u8();
      block.skip(prefix - 4);
      return { type, flags, length };
    },
    open: (block) => block.signature("OCHK").part(Math.max(0, block.left - 4)),
  });
}
