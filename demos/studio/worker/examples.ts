import { data } from "webgraft";
import type { Example } from "./messages.ts";

/** As many drawn digits of each kind as make a first training worth looking at. */
const PER_CLASS = 12;

/** Drawn digits as pictures. */
export function examples(): Promise<Example[]> {
  const { train } = data.digits({ perClass: PER_CLASS });
  return Promise.all(
    Array.from({ length: train.length }, async (_, i) => {
      const { image, shape, label } = await train.get(i);
      const className = train.classes?.[Number(label)] ?? String(label);
      return { className, name: `digit-${i}.png`, picture: await pngOf(image, shape) };
    }),
  );
}

/** @param image RGB bytes in channel planes. */
function pngOf(image: ArrayLike<number>, [, height, width]: readonly number[]): Promise<Blob> {
  const area = width * height;
  const pixels = new Uint8ClampedArray(4 * area);
  for (let i = 0; i < area; i++) {
    pixels.set([image[i], image[area + i], image[2 * area + i], 255], 4 * i);
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas.convertToBlob();
}
