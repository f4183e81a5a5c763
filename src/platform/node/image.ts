import type { Sharp } from "sharp";
import { messageOf } from "../../base/index.ts";
import { decodeBmp } from "../pictures/bmp.ts";
import { pictureKind, undecodable } from "../pictures/kind.ts";
import { decodeNetpbm } from "../pictures/netpbm.ts";
import { shrinkFactor } from "../pictures/shrink.ts";
import type { DecodedImage, DecodeOptions } from "../types.ts";
import { installCommand, isInstalled } from "./install.ts";

type SharpModule = typeof import("sharp")["default"];

/** Loaded at the first picture: whoever trains from binary files never pays for libvips. */
async function loadSharp(): Promise<SharpModule> {
  const { default: sharp } = await import("sharp").catch((cause) => {
    throw new Error(
      isInstalled("sharp")
        ? 'the package "sharp" can\'t be loaded; it may have no build for this platform'
        : `decoding pictures in Node: run ${installCommand(["sharp"])}`,
      { cause },
    );
  });
  sharp.cache(false); // every picture is decoded once
  return sharp;
}

/** What sharp is asked to read: by content, and no drawings or documents, which libvips may read too. */
const DECODED = ["JPEG", "PNG", "GIF", "WebP", "AVIF", "TIFF"];

/** `Platform.decodeImage` by sharp (libvips). */
export async function decodeInNode(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  const plain = decodeBmp(bytes) ?? decodeNetpbm(bytes);
  if (plain) return plain;
  if (!DECODED.includes(pictureKind(bytes)?.name ?? "")) throw undecodable(bytes, "sharp");
  const sharp = await loadSharp();
  try {
    // "truncated", not sharp's own "warning": harmless oddities that every viewer accepts stay legal.
    const image = sharp(bytes, { failOn: "truncated", ignoreIcc: true, autoOrient: true });
    return await read(image, options);
  } catch (cause) {
    const why = messageOf(cause);
    // libvips says the same thing once for every try, line by line.
    throw undecodable(bytes, "sharp", why.split("\n", 1)[0], cause);
  }
}

async function read(image: Sharp, { target }: DecodeOptions): Promise<DecodedImage> {
  const { autoOrient, space, depth } = await image.metadata();
  if (depth !== "uchar" && depth !== "ushort") {
    throw new Error(`its pixels are numbers of type ${depth}, whose range isn't known`);
  }
  const factor = shrinkFactor(autoOrient, target);
  if (factor > 1) {
    image.resize({
      width: Math.round(autoOrient.width / factor),
      height: Math.round(autoOrient.height / factor),
      fit: "fill",
      kernel: "linear",
    });
  }
  const isCmyk = space === "cmyk";
  if (isCmyk) image.pipelineColourspace("cmyk").toColourspace("cmyk");
  else image.flatten({ background: "white" }).toColourspace("srgb"); // of grey and of 16 bits, too
  const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { data: isCmyk ? rgbOfInks(pixels, channels) : pixels, width, height };
}

/** Each ink takes its share of the light, as in browsers and Pillow: libvips's own way is to simulate a printer. */
function rgbOfInks(inks: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((3 * inks.length) / channels);
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    const light = 255 - inks[from + 3];
    for (let c = 0; c < 3; c++) rgb[to + c] = Math.round(((255 - inks[from + c]) * light) / 255);
  }
  return rgb;
}
