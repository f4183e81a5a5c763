import { pictureKind, undecodable } from "../pictures/kind.ts";
import { decodeNetpbm } from "../pictures/netpbm.ts";
import { onWhite } from "../pictures/on_white.ts";
import { shrinkFactor } from "../pictures/shrink.ts";
import type { DecodedImage, DecodeOptions, Drawable } from "../types.ts";
import { type Orientation, takeWebpOrientation, uprightTransform } from "./webp_orientation.ts";

/** `Platform.decodeImage` by `createImageBitmap`; works in workers too. */
export async function decodeInBrowser(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  const netpbm = decodeNetpbm(bytes);
  if (netpbm) return netpbm;
  if (pictureKind(bytes)?.refused) throw undecodable(bytes, "this browser");
  const copy = new Uint8Array(bytes);
  const orientation = takeWebpOrientation(copy);
  return readAndClose(await decoded(copy), options, orientation);
}

/** `Platform.drawPicture`. */
export async function drawInBrowser(
  picture: Drawable,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  if ("decode" in picture) await picture.decode(); // an <img> that is still loading
  const isVideo = "requestVideoFrameCallback" in picture;
  return readAndClose(await (isVideo ? frameOf(picture) : bitmapOf(picture)), options);
}

/** Milliseconds in which a browser shows a frame that is there, if it shows any: hidden pages get none. */
const PATIENCE = 2_000;

/** The present frame. Of a video that has been loaded and never shown there is none before it is asked for. */
async function frameOf(video: HTMLVideoElement): Promise<ImageBitmap> {
  // Whether it ever will have one depends on what the page does with it, so nothing is waited for.
  if (video.readyState < video.HAVE_CURRENT_DATA) {
    throw new Error('the <video> has no frame yet: wait for its "loadeddata" event first');
  }
  return bitmapOf(video).catch(async () => {
    await new Promise((shown) => {
      video.requestVideoFrameCallback(shown);
      setTimeout(shown, PATIENCE);
    });
    return bitmapOf(video);
  });
}

async function decoded(bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
  try {
    return await bitmapOf(new Blob([bytes]));
  } catch (cause) {
    if (typeof createImageBitmap === "undefined") throw cause;
    throw undecodable(bytes, "this browser"); // which gives no more than "could not be decoded"
  }
}

async function bitmapOf(picture: Blob | Drawable): Promise<ImageBitmap> {
  if (typeof createImageBitmap === "undefined") {
    throw new Error('no image decoder here: in Node, import "webgraft/node" first');
  }
  return createImageBitmap(picture, {
    colorSpaceConversion: "none",
    imageOrientation: "from-image",
  });
}

function readAndClose(
  bitmap: ImageBitmap,
  options: DecodeOptions,
  orientation: Orientation = 1,
): DecodedImage {
  try {
    return readBitmap(bitmap, options, orientation);
  } finally {
    bitmap.close();
  }
}

function readBitmap(
  bitmap: ImageBitmap,
  { target }: DecodeOptions,
  orientation: Orientation,
): DecodedImage {
  const isTurned = orientation > 4;
  const [w, h] = isTurned ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
  const shrink = shrinkFactor({ width: w, height: h }, target);
  const [width, height] = [Math.round(w / shrink), Math.round(h / shrink)];
  const [drawnWidth, drawnHeight] = isTurned ? [height, width] : [width, height];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error(`no canvas of ${width}×${height} pixels to be had`);
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.setTransform(uprightTransform(orientation, drawnWidth, drawnHeight));
  context.drawImage(bitmap, 0, 0, drawnWidth, drawnHeight);
  try {
    return onWhite(context.getImageData(0, 0, width, height));
  } catch (cause) {
    throw new Error(
      "a picture from another site, whose pixels the browser keeps from pages: it must allow them (CORS), and the " +
        'element needs crossorigin="anonymous"',
      { cause },
    );
  }
}
