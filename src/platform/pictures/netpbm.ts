import type { DecodedImage } from "../types.ts";

/**
 * A portable graymap or pixmap (.pgm, .ppm: P5, P6) of 8 or 16 bits, as many research data sets have them; null for
 * anything else. Neither libvips from npm nor browsers read them.
 *
 * @throws Error when it is cut off, or of a kind that isn't read (as text, or of one bit).
 */
export function decodeNetpbm(bytes: Uint8Array): DecodedImage | null {
  if (bytes[0] !== 0x50 || !(bytes[1] >= 0x31 && bytes[1] <= 0x37) || !isSpace(bytes[2]))
    return null;
  const kind = `P${bytes[1] - 0x30}`;
  if (kind !== "P5" && kind !== "P6") {
    throw new Error(
      `a netpbm picture of kind ${kind}, of which P5 and P6 are read; save it as PNG`,
    );
  }
  const header = readHeader(bytes);
  if (!header) throw new Error("the netpbm picture has a damaged header");
  const { width, height, most, start } = header;
  const [channels, deep] = [kind === "P6" ? 3 : 1, most > 255 ? 2 : 1];
  const pixels = width * height;
  if (start + pixels * channels * deep > bytes.length) {
    throw new Error("the netpbm picture is cut off");
  }
  const data = new Uint8Array(3 * pixels);
  for (let to = 0; to < data.length; to++) {
    const at = start + deep * (channels === 3 ? to : Math.floor(to / 3));
    const value = deep === 2 ? 256 * bytes[at] + bytes[at + 1] : bytes[at];
    data[to] = Math.round((255 * Math.min(value, most)) / most);
  }
  return { data, width, height };
}

const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);

/** Width, height and the largest value, apart by white space and comments; the pixels begin one byte behind. */
function readHeader(bytes: Uint8Array) {
  const numbers: number[] = [];
  let at = 2;
  while (numbers.length < 3) {
    while (isSpace(bytes[at])) at++;
    if (bytes[at] === 0x23) {
      while (at < bytes.length && bytes[at] !== 10) at++; // "# made by …"
      continue;
    }
    let value = 0;
    const from = at;
    for (; bytes[at] >= 0x30 && bytes[at] <= 0x39; at++) value = 10 * value + bytes[at] - 0x30;
    if (at === from) return null;
    numbers.push(value);
  }
  const [width, height, most] = numbers;
  const isSound = width > 0 && height > 0 && most > 0 && most < 65_536 && isSpace(bytes[at]);
  return isSound ? { width, height, most, start: at + 1 } : null;
}
