/** Pictures of kinds that decoders differ about, and their pixels as Pillow reads them (golden/make_pictures.py). */
import { readFileSync } from "node:fs";
import type { DecodedImage } from "../../src/platform/index.ts";

interface Expected {
  readonly size: readonly [width: number, height: number];
  /** In the middle of each square of 8 by 8. */
  readonly pixels: readonly (readonly [red: number, green: number, blue: number])[];
}

const file = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url));

export const goldenPicture = (name: string) => new Uint8Array(file(name));

const json: unknown = JSON.parse(file("pictures.json").toString());
export const goldenPictures = Object.entries(json as Record<string, Expected>);

type Picture = Omit<DecodedImage, "data"> & { readonly data: ArrayLike<number> };

/** How far a picture's squares are from what they should be, in steps of 0..255. */
export function differenceTo({ pixels }: Expected, { data, width, height }: Picture): number {
  const squares: number[] = [];
  for (let y = 4; y < height; y += 8) {
    for (let x = 4; x < width; x += 8) {
      const at = 3 * (y * width + x);
      squares.push(data[at]!, data[at + 1]!, data[at + 2]!);
    }
  }
  return Math.max(...pixels.flat().map((value, i) => Math.abs(value - (squares[i] ?? Infinity))));
}
