import type { data } from "webgraft";
import type { Picture } from "./messages.ts";

/** An example as the page shows it. @throws Error for examples that aren't RGB bytes. */
export function pictureOf(example: data.Example, classes: readonly string[]): Picture {
  const { image, shape, label } = example;
  const [channels, height, width] = shape;
  if (!(image instanceof Uint8Array) || channels !== 3) {
    throw new Error(`expected RGB bytes to show, got ${channels} channels`);
  }
  // A copy: the example may share memory with others, and messages carry whole buffers.
  return { pixels: image.slice(), width, height, label: classes[Number(label)] ?? String(label) };
}

/** A picture as a canvas element. */
export function canvasOf({ pixels, width, height, label }: Picture): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height, className: "picture", title: label });
  const area = width * height;
  const rgba = new Uint8ClampedArray(4 * area);
  for (let i = 0; i < area; i++) {
    rgba.set([pixels[i], pixels[area + i], pixels[2 * area + i], 255], 4 * i);
  }
  canvas.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}
