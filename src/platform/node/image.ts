import type { Sharp } from "sharp";
import { shrinkFactor } from "../shrink.ts";
import type { DecodedImage, DecodeOptions } from "../types.ts";
import { decodeBmp } from "./bmp.ts";
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

/** `Platform.decodeImage` by sharp (libvips). */
export async function decodeInNode(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  const sharp = await loadSharp();
  try {
    // "truncated", not sharp's own "warning": harmless oddities that every viewer accepts stay legal.
    const bmp = decodeBmp(bytes);
    if (bmp) return bmp;
    const image = sharp(bytes, { failOn: "truncated", ignoreIcc: true, autoOrient: true });
    if (options.target) await shrink(image, options.target);
    const { data, info } = await image
      .flatten({ background: "white" })
      .toColourspace("srgb") // grey, CMYK and 16-bit become 3 channels of 8 bits
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const rgb = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { data: rgb, width: info.width, height: info.height };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    // libvips says the same thing once for every try, line by line.
    const reason = why.split("\n", 1)[0];
    throw new Error(`not an image sharp can decode, or a damaged one (${reason})`, { cause });
  }
}

async function shrink(image: Sharp, target: NonNullable<DecodeOptions["target"]>): Promise<void> {
  const { autoOrient } = await image.metadata();
  const factor = shrinkFactor(autoOrient, target);
  if (factor === 1) return;
  image.resize({
    width: Math.round(autoOrient.width / factor),
    height: Math.round(autoOrient.height / factor),
    fit: "fill",
    kernel: "linear",
  });
}
