import type { DecodedImage } from "../types.ts";

/**
 * An uncompressed Windows bitmap (1, 4 or 8 bits with a palette, 24 or 32 bits per pixel), which libvips doesn't read; null
 * for anything else.
 *
 * @throws Error when it is cut off or of a kind that isn't read.
 */
export function decodeBmp(bytes: Uint8Array): DecodedImage | null {
  if (bytes.length < 54 || bytes[0] !== 0x42 || bytes[1] !== 0x4d) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, header] = [view.getUint32(10, true), view.getUint32(14, true)];
  if (header < 40) return null;
  const [width, signedHeight] = [view.getInt32(18, true), view.getInt32(22, true)];
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  const height = Math.abs(signedHeight); // negative: the first row is the top one
  if (
    ![1, 4, 8, 24, 32].includes(bits) ||
    (compression !== 0 && !(compression === 3 && bits === 32))
  ) {
    throw new Error(
      `a BMP of ${bits} bits per pixel, compression ${compression}, isn't read; save it as PNG`,
    );
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  const palette = bits <= 8 ? bytes.subarray(14 + header, start) : null;
  if (width < 1 || height < 1 || start + stride * height > bytes.length) {
    throw new Error("the BMP is cut off");
  }
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const row = start + stride * (signedHeight < 0 ? y : height - 1 - y);
    for (let x = 0; x < width; x++, to += 3) {
      const pixel = row + ((x * bits) >> 3);
      const [from, at] = palette ? [palette, 4 * indexAt(bytes[pixel], x, bits)] : [bytes, pixel];
      data[to] = from[at + 2];
      data[to + 1] = from[at + 1];
      data[to + 2] = from[at];
    }
  }
  return { data, width, height };
}

/** The colour's number of pixel `x`: several share a byte, the first in its highest bits. */
function indexAt(byte: number, x: number, bits: number): number {
  const shift = 8 - bits - ((x * bits) & 7);
  return (byte >> shift) & (2 ** bits - 1);
}
