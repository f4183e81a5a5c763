import { checkOptions } from "../../base/index.ts";
import { checkIndex } from "../labels.ts";
import type { ResizeMode } from "../resample.ts";
import type { Dataset, Example } from "../types.ts";
import {
  type ChosenClasses,
  type ChosenImage,
  chooseClasses,
  type Skipped,
} from "./choose_classes.ts";
import { type FolderSource, findClassFolders } from "./class_folders.ts";
import { ImageLoader } from "./image_loader.ts";

export interface ImageFolderOptions {
  /** Side, or [height, width], in pixels. Without it images keep their own sizes. */
  size?: number | readonly [height: number, width: number];
  /** How to get to `size`: "stretch" (default, as Keras), "crop" the centre, or "pad" with black. */
  resize?: ResizeMode;
  /**
   * With "crop": a picture's shorter side is first brought to so many pixels. 256 with size 224 is how torchvision's
   * weights are evaluated. Default: as few as `size` needs, so that nothing is cut off the shorter side.
   */
  shorterSide?: number;
  /** Default true: averages pixels when shrinking, as Pillow does. false: as TensorFlow's older resize. */
  antialias?: boolean;
  /** The class folders to use, in the order of their labels. Default: all, sorted by name. */
  classes?: readonly string[];
  /** File name endings taken for images. */
  extensions?: readonly string[];
  /**
   * "throw" (default): an empty class folder is an error at once, an undecodable image when its turn
   * comes. "skip": every image is decoded once at the start, and what fails is left out and listed in
   * `skipped`.
   */
  onError?: "throw" | "skip";
  /**
   * "throw" (default): a class without images is an error. "keep": it keeps its number, and is listed in `skipped`; for the
   * test part of a data set, of which not every class need have some.
   */
  emptyClasses?: "throw" | "keep";
  /** Decoded images are kept up to this many bytes. Default 256 MiB. */
  cacheBytes?: number;
}

const OPTIONS = [
  "size",
  "resize",
  "shorterSide",
  "antialias",
  "classes",
  "extensions",
  "onError",
  "emptyClasses",
  "cacheBytes",
];
/**
 * What names of pictures end with, also of kinds that not every platform reads: those fail with a clear word, where
 * files of other names are passed over.
 */
export const IMAGE_ENDINGS = [
  ...[".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".avif", ".tif", ".tiff"],
  ...[".ppm", ".pgm", ".heic", ".heif", ".jxl"],
];
const RESIZE_MODES: readonly string[] = ["stretch", "crop", "pad"];

const CACHE_BYTES = 256 * 2 ** 20;
/** What an array of bytes holds on every platform, at three bytes per pixel. */
const MOST_PIXELS = 2 ** 28;

/** Images in class folders, decoded when first asked for: RGB bytes, shape [3, height, width]. */
export class ImageFolder implements Dataset {
  readonly length: number;
  readonly classes: readonly string[];
  readonly labels: Int32Array;
  /** What was left out: by `onError: "skip"`, and files that are no images by name or lie in no class folder. */
  readonly skipped: readonly Skipped[];
  readonly #images: readonly ChosenImage[];
  readonly #loader: ImageLoader;

  constructor({ images, classes, skipped }: ChosenClasses, loader: ImageLoader) {
    this.length = images.length;
    this.classes = classes;
    this.labels = Int32Array.from(images, (image) => image.label);
    this.skipped = skipped;
    this.#images = images;
    this.#loader = loader;
  }

  /** The file of an example. */
  nameOf(index: number): string {
    checkIndex(this, index);
    return this.#images[index].name;
  }

  /** @throws Error naming the file when it can't be read or decoded. */
  get(index: number): Example<number> | Promise<Example<number>> {
    checkIndex(this, index);
    return this.#loader.load(this.#images[index]);
  }
}

/**
 * A folder of images, one folder per class: `<root>/<class>/….jpg`. Labels follow the class names'
 * order.
 *
 * @param root a path (Node), the files of an `<input type="file" webkitdirectory>`, or a record of
 *   class name → pictures (paths, URLs, Files, Blobs or bytes; `ImageData`; what a page shows: `<img>`, canvas, video,
 *   `ImageBitmap`, `VideoFrame`, each read when its turn comes).
 * @throws Error naming the folder or file: no class folders, an empty one, a missing class.
 */
export async function imageFolder(
  root: FolderSource,
  options: ImageFolderOptions = {},
): Promise<ImageFolder> {
  checkOptions("imageFolder", options, OPTIONS);
  const { resize = "stretch", onError = "throw", emptyClasses = "throw" } = options;
  requireOneOf("resize", resize, RESIZE_MODES);
  requireOneOf("onError", onError, ["throw", "skip"]);
  requireOneOf("emptyClasses", emptyClasses, ["throw", "keep"]);
  const { antialias = true, cacheBytes = CACHE_BYTES } = options;
  const size = parseSize(options.size);
  const shorterSide = parseShorterSide(options.shorterSide, size, resize);
  const loader = new ImageLoader({ size, mode: resize, antialias, shorterSide }, cacheBytes);
  const extensions = (options.extensions ?? IMAGE_ENDINGS).map((end) => end.toLowerCase());
  const found = await findClassFolders(root, extensions);
  const { classes } = options;
  const keepEmpty = emptyClasses === "keep";
  const chosen = chooseClasses(found, { classes, extensions, onError, keepEmpty });
  return new ImageFolder(onError === "skip" ? await leaveOut(chosen, loader) : chosen, loader);
}

function requireOneOf(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new Error(`imageFolder: ${name} must be one of ${choices.join(", ")}, got "${value}"`);
}

/** Decodes every image once and leaves out those that fail. */
async function leaveOut(chosen: ChosenClasses, loader: ImageLoader): Promise<ChosenClasses> {
  const failed = await loader.findDamaged(chosen.images);
  const images = chosen.images.filter((image) => !failed.has(image));
  const skipped = [...chosen.skipped];
  // In the order of the images: which fails first depends on the machine.
  for (const image of chosen.images) {
    const why = failed.get(image);
    if (why !== undefined) skipped.push({ what: "image", name: image.name, why });
  }
  if (images.length > 0) return { ...chosen, images, skipped };
  const { name, why } = skipped.find(({ what }) => what === "image") ?? skipped[0];
  throw new Error(
    `no image could be used, ${failed.size} were skipped; the first: ${name}: ${why}`,
  );
}

function parseSize(size: ImageFolderOptions["size"]): readonly [number, number] | null {
  if (size === undefined) return null;
  const [height, width] = typeof size === "number" ? [size, size] : size;
  if (![height, width].every((n) => Number.isInteger(n) && n > 0)) {
    throw new RangeError(`imageFolder: size must be pixels or [height, width], got ${size}`);
  }
  if (height * width <= MOST_PIXELS) return [height, width];
  throw new RangeError(`imageFolder: size ${size} is more than ${MOST_PIXELS} pixels a picture`);
}

function parseShorterSide(
  pixels: number | undefined,
  size: readonly [number, number] | null,
  resize: ResizeMode,
): number | undefined {
  if (pixels === undefined) return undefined;
  if (!size || resize !== "crop") {
    throw new Error('imageFolder: shorterSide needs a size, and resize: "crop"');
  }
  if (Number.isInteger(pixels) && pixels >= Math.max(...size)) return pixels;
  throw new RangeError(
    `imageFolder: shorterSide must be whole pixels, no fewer than the size's ${Math.max(...size)}, got ${pixels}`,
  );
}
