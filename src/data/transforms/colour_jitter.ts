import { checkOptions } from "../../base/index.ts";
import type { Random } from "../random.ts";
import type { ColourMap } from "./colour.ts";
import { brightness, contrast, hue, saturation } from "./colour_changes.ts";
import type { GeometryTransform } from "./types.ts";

/** By how much at most: from 1 − amount to 1 + amount, or from the first number to the second. */
type Amount = number | readonly [from: number, to: number];

export interface ColourJitterOptions {
  /** Default none. */
  brightness?: Amount;
  /** About `grey`. Default none. */
  contrast?: Amount;
  /** Default none. Changes nothing in images of one channel. */
  saturation?: Amount;
  /** In turns of the circle of colours, from −amount to amount; at most 0.5. Default none. Images of one channel stay. */
  hue?: Amount;
  /** The middle grey, as the images are at this point. Default 0.5: behind `rescale()`. */
  grey?: number;
}

/**
 * Changes the colours of each image by random factors, in random order, as torchvision's ColorJitter, but that contrast is about a
 * fixed grey in place of the image's mean, that hue turns in YIQ in place of HSV, and that nothing is clamped: so all of it is
 * one affine map, and needs no pass of its own.
 *
 * @example [rescale(), colourJitter({ brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.05 }), normalize(…)]
 */
export function colourJitter(options: ColourJitterOptions): GeometryTransform {
  checkOptions("colourJitter", options, ["brightness", "contrast", "saturation", "hue", "grey"]);
  const { grey = 0.5 } = options;
  const changes: ((channels: number, random: Random) => ColourMap)[] = [];
  const add = (
    name: "brightness" | "contrast" | "saturation" | "hue",
    change: (channels: number, by: number) => ColourMap,
  ) => {
    const range = rangeOf(name, options[name]);
    if (range)
      changes.push((channels, random) =>
        change(channels, range[0] + (range[1] - range[0]) * random.float()),
      );
  };
  add("brightness", brightness);
  add("contrast", (channels, factor) => contrast(channels, factor, grey));
  add("saturation", saturation);
  add("hue", hue);
  return {
    kind: "geometry",
    name: "colourJitter",
    recolours: "colour",
    interpolation: null,
    fill: () => null,
    size: (size) => size,
    place(view, random) {
      for (const change of random.shuffle([...changes]))
        view.recolour(change(view.channels, random));
    },
    evaluation: null,
  };
}

function rangeOf(name: string, amount: Amount | undefined): readonly [number, number] | null {
  if (amount === undefined) return null;
  const middle = name === "hue" ? 0 : 1;
  const range = typeof amount === "number" ? ([middle - amount, middle + amount] as const) : amount;
  const [least, most] = name === "hue" ? [-0.5, 0.5] : [0, Number.POSITIVE_INFINITY];
  if (range[0] <= range[1] && range[0] >= least && range[1] <= most) return range;
  throw new RangeError(
    `colourJitter: ${name} must be a range within ${least} to ${most}, got ${range[0]} to ${range[1]}`,
  );
}
