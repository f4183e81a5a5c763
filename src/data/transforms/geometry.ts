import { checkOptions } from "../../base/index.ts";
import type { GeometryTransform, Size } from "./types.ts";
import type { Interpolation } from "./view.ts";

/** Pixels of a square's side, [height, width], or both by name. */
export type SizeOption = number | readonly [height: number, width: number] | Size;

/** A size and options in one object: `resize({ size: 224 })`. */
export type Sized<Options> = Options & { size: SizeOption };

/** All sides alike, [vertical, horizontal], or [top, bottom, left, right]. */
export type PaddingOption = number | readonly number[];

export interface ResizeOptions {
  /** Default "bilinear". */
  interpolation?: Interpolation;
}

export interface FillOptions {
  /** The value of uncovered parts, as the images are at this point of the pipeline. Default 0. */
  fill?: number;
}

/**
 * Resizes to exactly `size`. As PyTorch's `interpolate` with align_corners = false, without
 * antialiasing: shrink far below half the size in `imageFolder`, which filters.
 */
export function resize(size: SizeOption, options?: ResizeOptions): GeometryTransform;
export function resize(options: Sized<ResizeOptions>): GeometryTransform;
export function resize(
  given: SizeOption | Sized<ResizeOptions>,
  more: ResizeOptions = {},
): GeometryTransform {
  const { size, ...options } = withSize(given, more);
  checkOptions("resize", options, ["interpolation"]);
  const { height, width } = parseSize("resize", size);
  const interpolation = parseInterpolation("resize", options.interpolation);
  return {
    kind: "geometry",
    name: "resize",
    interpolation,
    fill: () => null,
    size: () => ({ height, width }),
    place: (view) => view.resize(width, height, interpolation),
  };
}

/** Takes the middle; where `size` is larger than the image, fills around it. */
export function centerCrop(size: SizeOption, options?: FillOptions): GeometryTransform;
export function centerCrop(options: Sized<FillOptions>): GeometryTransform;
export function centerCrop(
  given: SizeOption | Sized<FillOptions>,
  more: FillOptions = {},
): GeometryTransform {
  const { size, ...options } = withSize(given, more);
  checkOptions("centerCrop", options, ["fill"]);
  const { height, width } = parseSize("centerCrop", size);
  const { fill = 0 } = options;
  return {
    kind: "geometry",
    name: "centerCrop",
    interpolation: null,
    fill: (given) => (height > given.height || width > given.width ? fill : null),
    size: () => ({ height, width }),
    place: (view) => {
      const left = halfToEven(view.width - width);
      view.crop(left, halfToEven(view.height - height), width, height);
    },
  };
}

/** Adds a border. */
export function pad(padding: PaddingOption, options: FillOptions = {}): GeometryTransform {
  checkOptions("pad", options, ["fill"]);
  const sides = parsePadding("pad", padding);
  const grown = (size: Size) => grow(size, sides);
  return {
    kind: "geometry",
    name: "pad",
    interpolation: null,
    fill: () => options.fill ?? 0,
    size: grown,
    place: (view) => {
      const { width, height } = grown(view);
      view.crop(-sides.left, -sides.top, width, height);
    },
  };
}

export interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export function grow({ height, width }: Size, { top, bottom, left, right }: Border): Size {
  return { height: height + top + bottom, width: width + left + right };
}

/** Half of a whole number, a half going to the even neighbour: Python's rounding, so torchvision's. */
function halfToEven(n: number): number {
  const half = Math.floor(n / 2);
  return n % 2 !== 0 && half % 2 !== 0 ? half + 1 : half;
}

/** Size and options, whichever way they were given. */
export function withSize<Options extends object>(
  given: SizeOption | Sized<Options>,
  more: Options,
): Sized<Options> {
  if (typeof given === "object" && given !== null && "size" in given) return given;
  return { ...more, size: given };
}

export function parseSize(where: string, size: SizeOption): Size {
  const [height, width] = sides(size);
  if ([height, width].every((n) => Number.isInteger(n) && n > 0)) return { height, width };
  throw new RangeError(
    `${where}: size must be pixels or [height, width], got ${JSON.stringify(size)}`,
  );
}

function sides(size: SizeOption): readonly number[] {
  if (typeof size === "number") return [size, size];
  if (typeof size !== "object" || size === null) return [];
  return "length" in size ? size : [size.height, size.width];
}

export function parsePadding(where: string, padding: PaddingOption): Border {
  const list = typeof padding === "number" ? [padding] : padding;
  if ([1, 2, 4].includes(list.length) && list.every((n) => Number.isInteger(n) && n >= 0)) {
    const [top, bottom, left, right] =
      list.length === 4
        ? list
        : list.length === 2
          ? [list[0], list[0], list[1], list[1]]
          : [list[0], list[0], list[0], list[0]];
    return { top, bottom, left, right };
  }
  throw new RangeError(
    `${where}: padding must be pixels, [vertical, horizontal] or [top, bottom, left, right], ` +
      `got ${JSON.stringify(padding)}`,
  );
}

export function parseInterpolation(
  where: string,
  value: Interpolation = "bilinear",
): Interpolation {
  if (value === "bilinear" || value === "nearest") return value;
  throw new Error(
    `${where}: interpolation must be "bilinear" or "nearest", got ${JSON.stringify(value)}`,
  );
}
