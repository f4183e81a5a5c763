import type { DecodedImage } from "../types.ts";

/** RGB of RGBA, what is transparent on white. */
export function onWhite({
  data,
  width,
  height,
}: Pick<ImageData, "data" | "width" | "height">): DecodedImage {
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const alpha = data[from + 3] / 255;
    const white = 255 * (1 - alpha);
    for (let c = 0; c < 3; c++) rgb[to + c] = Math.round(alpha * data[from + c] + white);
  }
  return { data: rgb, width, height };
}
