import { platform } from "../../platform/index.ts";

/** CRC-32 (ISO-HDLC, polynomial 0xEDB88320 reflected) by slicing-by-8: eight bytes per step, eight tables. */

function makeTables(): Uint32Array {
  const made = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    made[byte] = value;
  }
  for (let i = 256; i < made.length; i++) {
    made[i] = (made[i - 256] >>> 8) ^ made[made[i - 256] & 0xff];
  }
  return made;
}

const TABLES = /* @__PURE__ */ makeTables();

/**
 * The checksum that zip archives keep of each entry, as an unsigned number.
 *
 * @param previous the checksum of the bytes before these.
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  return platform().crc32?.(bytes, previous) ?? bytewise(bytes, previous);
}

function bytewise(bytes: Uint8Array, previous: number): number {
  const t = TABLES;
  let crc = ~previous;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    crc =
      t[1792 + (crc & 0xff)] ^
      t[1536 + ((crc >>> 8) & 0xff)] ^
      t[1280 + ((crc >>> 16) & 0xff)] ^
      t[1024 + (crc >>> 24)] ^
      t[768 + bytes[at + 4]] ^
      t[512 + bytes[at + 5]] ^
      t[256 + bytes[at + 6]] ^
      t[bytes[at + 7]];
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
}
