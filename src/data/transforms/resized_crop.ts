import { checkOptions } from "../../base/index.ts";
import type { Random } from "../random.ts";
import {
  parseInterpolation,
  parseSize,
  type ResizeOptions,
  type Sized,
  type SizeOption,
  withSize,
} from "./geometry.ts";
import type { GeometryTransform, Size } from "./types.ts";
import type { View } from "./view.ts";

export interface ResizedCropOptions extends ResizeOptions {
  /** The window's area as a fraction of the image's, from … to. Default [0.08, 1]. */
  scale?: readonly [number, number];
  /** The window's width over height, from … to. Default [3/4, 4/3]. */
  ratio?: readonly [number, number];
}

/**
 * Resizes a window of random place, area and aspect ratio to `size`: the usual augmentation for
 * ImageNet (Szegedy et al. 2014, "Going deeper with convolutions", drawn as torchvision does). When
 * nothing may be random: the largest window in the middle with the ratio of `size`.
 */
export function randomResizedCrop(
  size: SizeOption,
  options?: ResizedCropOptions,
): GeometryTransform;
export function randomResizedCrop(options: Sized<ResizedCropOptions>): GeometryTransform;
export function randomResizedCrop(
  given: SizeOption | Sized<ResizedCropOptions>,
  more: ResizedCropOptions = {},
): GeometryTransform {
  const { size, ...options } = withSize(given, more);
  checkOptions("randomResizedCrop", options, ["interpolation", "scale", "ratio"]);
  const wanted = parseSize("randomResizedCrop", size);
  const interpolation = parseInterpolation("randomResizedCrop", options.interpolation);
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3] } = options;
  for (const [low, high] of [scale, ratio]) {
    if (low > 0 && low <= high) continue;
    throw new RangeError(
      `randomResizedCrop: scale and ratio must be ranges above 0, got ${low} to ${high}`,
    );
  }
  const base = {
    kind: "geometry",
    name: "randomResizedCrop",
    interpolation,
    fill: () => null,
  } as const;
  const show = (view: View, window: Size, left: number, top: number) => {
    view.crop(left, top, window.width, window.height);
    view.resize(wanted.width, wanted.height, interpolation);
  };
  const middle: GeometryTransform = {
    ...base,
    size: () => wanted,
    place(view) {
      const window = largestWindow(view, wanted.width / wanted.height);
      const left = Math.floor((view.width - window.width) / 2);
      show(view, window, left, Math.floor((view.height - window.height) / 2));
    },
  };
  return {
    ...middle,
    place(view, random) {
      const window = drawWindow(view, scale, ratio, random);
      if (!window) return middle.place(view, random);
      const top = random.int(view.height - window.height + 1);
      show(view, window, random.int(view.width - window.width + 1), top);
    },
    evaluation: middle,
  };
}

/** Ten tries to find a window that fits, as torchvision has it. */
function drawWindow(
  { height, width }: Size,
  scale: readonly [number, number],
  ratio: readonly [number, number],
  random: Random,
): Size | null {
  const [low, high] = ratio.map(Math.log);
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * (scale[0] + (scale[1] - scale[0]) * random.float());
    const aspect = Math.exp(low + (high - low) * random.float());
    const window = {
      width: Math.round(Math.sqrt(area * aspect)),
      height: Math.round(Math.sqrt(area / aspect)),
    };
    const fits = window.width <= width && window.height <= height;
    if (fits && window.width > 0 && window.height > 0) return window;
  }
  return null;
}

function largestWindow({ height, width }: Size, aspect: number): Size {
  return width / height > aspect
    ? { height, width: Math.max(1, Math.round(height * aspect)) }
    : { width, height: Math.max(1, Math.round(width / aspect)) };
}
