import { checkOptions } from "../../base/index.ts";
import {
  centerCrop,
  type FillOptions,
  grow,
  type PaddingOption,
  parseInterpolation,
  parsePadding,
  parseSize,
  type ResizeOptions,
  type SizeOption,
} from "./geometry.ts";
import type { GeometryTransform, Size } from "./types.ts";

export interface FlipOptions {
  /** The probability of each flip. Default 0.5. */
  p?: number;
  /** Left and right. Default true. */
  horizontal?: boolean;
  /** Top and bottom. Default false. */
  vertical?: boolean;
}

/** Mirrors each image with probability `p`. */
export function randomFlip(options: FlipOptions | number = {}): GeometryTransform {
  const given = typeof options === "number" ? { p: options } : options;
  checkOptions("randomFlip", given, ["p", "horizontal", "vertical"]);
  const { p = 0.5, horizontal = true, vertical = false } = given;
  if (!(p >= 0 && p <= 1)) throw new RangeError(`randomFlip: p must be from 0 to 1, got ${p}`);
  return {
    kind: "geometry",
    name: "randomFlip",
    interpolation: null,
    fill: () => null,
    size: (size) => size,
    place(view, random) {
      if (horizontal && random.float() < p) view.flipHorizontal();
      if (vertical && random.float() < p) view.flipVertical();
    },
    evaluation: null,
  };
}

export interface RandomCropOptions extends FillOptions {
  /** Border added before cropping. Default 0. */
  padding?: PaddingOption;
  /** The window's size. Default: that of the images. */
  size?: SizeOption;
}

/**
 * Takes a window at a random place of the image, after adding a border: with padding 4 the usual
 * augmentation for CIFAR. When nothing may be random: the middle.
 *
 * @example randomCrop({ padding: 4 })
 */
export function randomCrop(options: RandomCropOptions): GeometryTransform;
/**
 * The same with a window of another size than the images'.
 *
 * @param size of the window.
 * @example randomCrop(28)   randomCrop(32, { padding: 4 })
 */
export function randomCrop(size: SizeOption, options?: RandomCropOptions): GeometryTransform;
export function randomCrop(
  given: SizeOption | RandomCropOptions,
  more: RandomCropOptions = {},
): GeometryTransform {
  const { size, ...options } = isSize(given) ? { ...more, size: given } : given;
  checkOptions("randomCrop", options, ["padding", "fill"]);
  const { fill = 0 } = options;
  const sides = parsePadding("randomCrop", options.padding ?? 0);
  const wanted = size === undefined ? null : parseSize("randomCrop", size);
  const windowIn = ({ height, width }: Size) => wanted ?? { height, width };
  return {
    kind: "geometry",
    name: "randomCrop",
    interpolation: null,
    fill: () => (Object.values(sides).some((side) => side > 0) ? fill : null),
    size(given) {
      const window = windowIn(given);
      const { height, width } = grow(given, sides);
      if (window.height <= height && window.width <= width) return window;
      throw new Error(
        `randomCrop: a window of ${window.height}×${window.width} doesn't fit into ${height}×${width} ` +
          "(height × width, with padding)",
      );
    },
    place(view, random) {
      const window = windowIn(view);
      const { height, width } = grow(view, sides);
      const y = random.int(height - window.height + 1) - sides.top;
      const x = random.int(width - window.width + 1) - sides.left;
      view.crop(x, y, window.width, window.height);
    },
    evaluation: wanted ? centerCrop(wanted, { fill }) : null,
  };
}

function isSize(given: SizeOption | RandomCropOptions): given is SizeOption {
  return typeof given !== "object" || given === null || "length" in given || "height" in given;
}

export interface RotationOptions extends ResizeOptions, FillOptions {}

/** Turns each image by a random angle: from −degrees to degrees, or from the first to the second. */
export function randomRotation(
  degrees: number | readonly [from: number, to: number],
  options: RotationOptions = {},
): GeometryTransform {
  checkOptions("randomRotation", options, ["interpolation", "fill"]);
  const [from, to] = typeof degrees === "number" ? [-degrees, degrees] : degrees;
  if (!(from <= to)) {
    throw new RangeError(`randomRotation: degrees must be a range, got ${from} to ${to}`);
  }
  return {
    kind: "geometry",
    name: "randomRotation",
    interpolation: parseInterpolation("randomRotation", options.interpolation),
    fill: () => options.fill ?? 0,
    size: (size) => size,
    place: (view, random) => view.rotate(((from + (to - from) * random.float()) * Math.PI) / 180),
    evaluation: null,
  };
}
