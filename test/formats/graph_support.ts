import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";
import { type ByteSource, WeightFileError } from "../../src/formats/index.ts";
import type { Plane } from "./interpret.ts";

/** A file on disk and those beside it. */
export function diskSource(path: string): ByteSource {
  return {
    name: basename(path),
    read: async () => new Uint8Array(readFileSync(path)),
    sibling: async (name) => diskSource(join(dirname(path), name)),
  };
}

/** Files in memory, by name. */
export function memoryFiles(
  files: Readonly<Record<string, Uint8Array | undefined>>,
  name: string,
): ByteSource {
  return {
    name,
    read: async () => {
      const bytes = files[name];
      if (bytes) return bytes;
      throw new WeightFileError({ file: name, problem: "there is no such file" });
    },
    sibling: async (sibling) => memoryFiles(files, sibling),
  };
}

/**
 * A picture as a plane: its middle square, resized as `tf.image.resizeBilinear` does (between the four nearest
 * pixels, whatever the scale), because that is how the numbers in the data's README were made.
 */
export async function photo(
  path: string,
  size: number,
  scale: (value: number) => number,
): Promise<Plane> {
  const { data, info } = await sharp(path)
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const side = Math.min(info.width, info.height);
  const top = (info.height - side) >> 1;
  const left = (info.width - side) >> 1;
  const pixel = (y: number, x: number, c: number) =>
    data[((top + Math.min(y, side - 1)) * info.width + left + Math.min(x, side - 1)) * 3 + c];
  const plane = { shape: [3, size, size] as const, data: new Float64Array(3 * size * size) };
  plane.data.forEach((_, i) => {
    const c = Math.floor(i / (size * size));
    const y = (Math.floor(i / size) % size) * (side / size);
    const x = (i % size) * (side / size);
    const [y0, x0] = [Math.floor(y), Math.floor(x)];
    const upper = mix(pixel(y0, x0, c), pixel(y0, x0 + 1, c), x - x0);
    const lower = mix(pixel(y0 + 1, x0, c), pixel(y0 + 1, x0 + 1, c), x - x0);
    plane.data[i] = scale(mix(upper, lower, y - y0));
  });
  return plane;
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** RGB pixels side by side (HWC) as a plane (CHW). */
export function fromPixels(
  pixels: Uint8Array,
  size: number,
  scale: (value: number) => number,
): Plane {
  const data = new Float64Array(3 * size * size);
  for (let i = 0; i < size * size; i++) {
    for (let c = 0; c < 3; c++) data[c * size * size + i] = scale(pixels[i * 3 + c]);
  }
  return { shape: [3, size, size], data };
}

export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
