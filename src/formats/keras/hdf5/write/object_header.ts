import { aligned, Block } from "./block.ts";

/** One entry of an object's header: what it says of the object. `type` is one of the reader's `MESSAGE`. */
export interface MessageToWrite {
  readonly type: number;
  readonly body: Uint8Array;
}

/** The size of a message is a number of 16 bits and a multiple of eight. */
export const MAX_MESSAGE = 0xfff8;

/** Bytes in front of the messages and of each. */
const PREFIX = 16;
const MESSAGE_PREFIX = 8;

/**
 * The header of a group or dataset, in one block. Format: HDF5 File Format Specification 3.0, section IV.A.1.a
 * (version 1).
 *
 * @param messages of at most `MAX_MESSAGE` bytes each.
 */
export function objectHeader(messages: readonly MessageToWrite[]): Uint8Array {
  const sizes = messages.map(({ body }) => MESSAGE_PREFIX + aligned(body.length));
  const size = sizes.reduce((sum, length) => sum + length, 0);
  const block = new Block().u8(1, 0).u16(messages.length);
  // Count of links to the object, then the size of what follows.
  block.u32(1).u32(size).padTo(PREFIX);
  for (const { type, body } of messages) {
    block.u16(type).u16(aligned(body.length)).zeros(4).raw(body).align();
  }
  return block.finish();
}
