import { platform } from "../current.ts";
import { isSource, readSource, type Source, typeText } from "../source.ts";
import type { DecodedImage, DecodeOptions, Drawable } from "../types.ts";
import { onWhite } from "./on_white.ts";

/**
 * A picture: where a file of one is (`Source`), pixels as canvases give them (`ImageData`), or what a page shows: an
 * `<img>`, a canvas, a video, whose present frame is taken, an `ImageBitmap` or `VideoFrame`.
 */
export type Picture = Source | ImageData | Drawable;

/**
 * A picture's pixels.
 *
 * @throws Error when it can't be read or decoded, TypeError when it is no picture.
 */
export async function decodePicture(
  picture: Picture,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  if (isSource(picture)) return platform().decodeImage(await readSource(picture), options);
  if (isPixels(picture)) return onWhite(picture);
  const { drawPicture } = platform();
  if (drawPicture && isObject(picture)) return drawPicture(picture, options);
  const shown = drawPicture ? ", or what a page shows" : "";
  throw new TypeError(
    `expected a path, URL, File, Blob, bytes or ImageData${shown}, got ${typeText(picture)}`,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPixels(value: unknown): value is ImageData {
  if (!isObject(value) || !("data" in value)) return false;
  const { data } = value;
  const isBytes = data instanceof Uint8ClampedArray || data instanceof Uint8Array;
  if (!isBytes || !("width" in value && "height" in value)) return false;
  if (data.length === 4 * Number(value.width) * Number(value.height)) return true;
  throw new TypeError(
    `pixels must be 4 bytes each (red, green, blue, alpha): ${value.width}×${value.height} of them, got ${data.length} bytes`,
  );
}
