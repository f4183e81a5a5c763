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

/** Reads one block of messages and tells where further blocks lie. */
type ReadBlock = (cursor: Cursor) => { messages: Message[]; next: Cursor[] };

function readBlocks(storage: Storage, first: Cursor, read: ReadBlock, open: OpenBlock): Message[] {
  const messages: Message[] = [];
  const queue: Cursor[] = [first];
  for (let i = 0; i < queue.length; i++) {
    if (i > MAX_BLOCKS) throw damaged(storage, "the header of an object doesn't end");
    const block = read(queue[i]);
    messages.push(...block.messages);
    queue.push(...block.next.map(open));
  }
  return messages;
}

type OpenBlock = (cursor: Cursor) => Cursor;

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
  const read: ReadBlock = (cursor) => {
    const messages: Message[] = [];
    const next: Cursor[] = [];
    while (cursor.left >= 8) {
      const type = cursor.u16();
      const length = cursor.u16();
      const flags = cursor.u8();
      const start = cursor.skip(3).address;
      cursor.skip(length);
      const body = () => new Cursor(storage, start, length);
      if (type === MESSAGE.continuation) next.push(continuation(storage, body()));
      else if (type !== 0) messages.push({ type, flags, body });
    }
    return { messages, next };
  };
  return readBlocks(storage, first, read, (cursor) => cursor);
}

function newHeader(storage: Storage, cursor: Cursor): Message[] {
  cursor.version("an object header", 2);
  const flags = cursor.u8();
  if (flags & 0x20) cursor.skip(16);
  if (flags & 0x10) cursor.skip(4);
  const size = cursor.uint(1 << (flags & 3));
  const prefix = flags & 4 ? 6 : 4;
  const read: ReadBlock = (block) => {
    const messages: Message[] = [];
    const next: Cursor[] = [];
    // What is too short for a message is a gap.
    while (block.left >= prefix) {
      const type = block.u8();
      const length = block.u16();
      const messageFlags = block.u8();
      const start = block.skip(prefix - 4).address;
      block.skip(length);
      const body = () => new Cursor(storage, start, length);
      if (type === MESSAGE.continuation) next.push(continuation(storage, body()));
      else if (type !== 0) messages.push({ type, flags: messageFlags, body });
    }
    return { messages, next };
  };
  const withoutFrame: OpenBlock = (block) => {
    block.signature("OCHK");
    return block.part(Math.max(0, block.left - 4));
  };
  return readBlocks(storage, cursor.part(size), read, withoutFrame);
}
