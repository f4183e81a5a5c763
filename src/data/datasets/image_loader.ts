import { messageOf } from "../../base/index.ts";
import { decodePicture } from "../../platform/index.ts";
import { Limiter } from "../loader/limiter.ts";
import { prefetch } from "../loader/prefetch.ts";
import { type ResampleOptions, type ResizeMode, resample, toPlanes } from "../resample.ts";
import type { Example, ImageShape } from "../types.ts";
import type { ChosenImage } from "./choose_classes.ts";

/** A decoded photo takes 36 MB or more before it is resized, and a batch may want hundreds at once. */
const AT_A_TIME = 8;

/** How pictures come to one size. */
export interface ImageSize extends ResampleOptions {
  /** Null: they keep their own sizes. */
  readonly size: readonly [height: number, width: number] | null;
  readonly mode: ResizeMode;
}

/** Decodes images to one size and keeps the first ones that fit into a budget. */
export class ImageLoader {
  readonly #size: ImageSize;
  readonly #cache = new Map<ChosenImage, Example<number>>();
  readonly #limiter = new Limiter(AT_A_TIME);
  /**
   * Bytes left. What doesn't fit is decoded anew each time: throwing out older images instead would,
   * epoch after epoch, throw out each one just before it is needed.
   */
  #room: number;

  constructor(size: ImageSize, cacheBytes: number) {
    this.#size = size;
    this.#room = cacheBytes;
  }

  /** At once where the image is kept. The promise fails with an error that names the image. */
  load(image: ChosenImage): Example<number> | Promise<Example<number>> {
    return this.#cache.get(image) ?? this.#decode(image);
  }

  /** Loads every image; resolves to those that can't be, with the reason. */
  async findDamaged(images: readonly ChosenImage[]): Promise<Map<ChosenImage, string>> {
    const failed = new Map<ChosenImage, string>();
    const attempt = async (index: number) => {
      try {
        await this.load(images[index]);
      } catch (error) {
        failed.set(images[index], reasonOnly(error, images[index].name));
      }
    };
    for await (const _ of prefetch(images.length, AT_A_TIME - 1, attempt));
    return failed;
  }

  async #decode(image: ChosenImage): Promise<Example<number>> {
    const example = await this.#limiter.run(() => decode(image, this.#size));
    if (example.image.length <= this.#room && !this.#cache.has(image)) {
      this.#room -= example.image.length;
      this.#cache.set(image, example);
    }
    return example;
  }
}

/** The message without the name it starts with: the report has a place of its own for that. */
function reasonOnly(error: unknown, name: string): string {
  const message = messageOf(error);
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}

async function decode(image: ChosenImage, wanted: ImageSize): Promise<Example<number>> {
  const { size, mode, antialias, shorterSide = 0 } = wanted;
  // A decoder that shrinks averages pixels, which antialias: false asks not to do.
  const target =
    size && antialias
      ? { height: Math.max(size[0], shorterSide), width: Math.max(size[1], shorterSide) }
      : undefined;
  const decoded = await decodePicture(image.source, { target }).catch((cause: Error) => {
    const isNamed = cause.message.startsWith(`${image.name}: `);
    throw isNamed ? cause : new Error(`${image.name}: ${cause.message}`, { cause });
  });
  const [height, width] = size ?? [decoded.height, decoded.width];
  const shape: ImageShape = [3, height, width];
  const pixels = size ? resample(decoded, height, width, mode, wanted) : toPlanes(decoded);
  return { image: pixels, shape, label: image.label };
}
