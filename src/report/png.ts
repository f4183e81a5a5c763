import { zlibSync } from "fflate";
import { crc32 } from "../formats/index.ts";

/** Pixels of 8 bits: [height, width, channels], with 1 (grey), 3 (RGB) or 4 channels (RGB, opacity). */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

const COLOUR_TYPES = { 1: 0, 3: 2, 4: 6 } as const;
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A picture within a page: PNG (ISO/IEC 15948), rows told by their difference to the row above, as a data: URL. */
export function pngUrl(pixels: Pixels): string {
  const { width, height, channels } = pixels;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPES[channels], 0, 0, 0], 8);
  const parts = [
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", zlibSync(filtered(pixels), { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const text = parts.map((part) => Array.from(part, (byte) => String.fromCharCode(byte)).join(""));
  return `data:image/png;base64,${btoa(text.join(""))}`;
}

/** The type of the filter, 2 for "up", before each row. */
function filtered({ width, height, channels, data }: Pixels): Uint8Array {
  const row = width * channels;
  const bytes = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) {
    bytes[y * (row + 1)] = 2;
    for (let x = 0; x < row; x++) {
      const above = y > 0 ? data[(y - 1) * row + x]! : 0;
      bytes[y * (row + 1) + 1 + x] = data[y * row + x]! - above;
    }
  }
  return bytes;
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}
