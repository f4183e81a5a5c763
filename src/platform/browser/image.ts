import { shrinkFactor } from "../shrink.ts";
import type { DecodedImage, DecodeOptions } from "../types.ts";

/** `Platform.decodeImage` by `createImageBitmap`; works in workers too. */
export async function decodeInBrowser(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  if (typeof createImageBitmap === "undefined") {
    throw new Error('no image decoder here: in Node, import "webgraft/node" first');
  }
  const bitmap = await bitmapOf(new Blob([new Uint8Array(bytes)]));
  try {
    return readBitmap(bitmap, options);
  } finally {
    bitmap.close();
  }
}

async function bitmapOf(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, {
      colorSpaceConversion: "none",
      imageOrientation: "from-image",
    });
  } catch {
    // Browsers give no more than "could not be decoded".
    throw new Error("not an image this browser can decode, or a damaged one");
  }
}

function readBitmap(bitmap: ImageBitmap, options: DecodeOptions): DecodedImage {
  const shrink = shrinkFactor(bitmap, options.target);
  const width = Math.round(bitmap.width / shrink);
  const height = Math.round(bitmap.height / shrink);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error(`no canvas of ${width}×${height} pixels to be had`);
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  return { data: dropAlpha(rgba), width, height };
}

function dropAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const pixels = rgba.length / 4;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  return rgb;
}
