import { checkOptions } from "../../base/index.ts";
import type { Random } from "../random.ts";
import { type ColourMap, composeColour, identityColour } from "./colour.ts";
import { brightness, contrast, saturation } from "./colour_changes.ts";
import { type FillOptions, parseInterpolation, type ResizeOptions } from "./geometry.ts";
import type { GeometryTransform } from "./types.ts";
import type { View, Warp } from "./view.ts";

export interface RandAugmentOptions extends ResizeOptions, FillOptions {
  /** Changes an image. Default 2. */
  ops?: number;
  /** How strong they are, from 0 to 30. Default 9. */
  magnitude?: number;
  /** The middle grey that contrast is about, as the images are at this point. Default 0.5: behind `rescale()`. */
  grey?: number;
}

/** What the changes of an image come to. */
interface Change {
  warp: Warp;
  left: number;
  top: number;
  colour: ColourMap;
}

/** What may be drawn. `by` is the strength from −1 to 1; numbers are torchvision's at magnitude 30. */
const OPS: readonly ((change: Change, by: number, view: View, grey: number) => void)[] = [
  () => {},
  (change, by) => warp(change, [1, 0.3 * by, 0, 1]),
  (change, by) => warp(change, [1, 0, 0.3 * by, 1]),
  (change, by, { width }) => shift(change, (150 / 331) * by * width, 0),
  (change, by, { height }) => shift(change, 0, (150 / 331) * by * height),
  (change, by) => {
    const [cos, sin] = [Math.cos((by * Math.PI) / 6), Math.sin((by * Math.PI) / 6)];
    warp(change, [cos, -sin, sin, cos]);
  },
  (change, by, { channels }) => recolour(change, brightness(channels, 1 + 0.9 * by)),
  (change, by, { channels }, grey) => recolour(change, contrast(channels, 1 + 0.9 * by, grey)),
  (change, by, { channels }) => recolour(change, saturation(channels, 1 + 0.9 * by)),
];

/**
 * Some random changes of each image, of equal strength (after RandAugment, Cubuk et al. 2019, https://arxiv.org/abs/1909.13719):
 * of shearing, shifting, turning, brightness, contrast, saturation and none, with torchvision's strengths. Those that aren't affine
 * (posterize, solarize, equalize, sharpness) are left out, so that all is done at once: pixels are sampled a single time,
 * whatever was drawn.
 */
export function randAugment(options: RandAugmentOptions = {}): GeometryTransform {
  checkOptions("randAugment", options, ["ops", "magnitude", "grey", "interpolation", "fill"]);
  const { ops = 2, magnitude = 9, grey = 0.5, fill = 0 } = options;
  if (!Number.isInteger(ops) || ops < 1)
    throw new RangeError(`randAugment: ops must be a whole number of at least 1, got ${ops}`);
  if (!(magnitude >= 0 && magnitude <= 30))
    throw new RangeError(`randAugment: magnitude must be from 0 to 30, got ${magnitude}`);
  return {
    kind: "geometry",
    name: "randAugment",
    recolours: "colour",
    interpolation: parseInterpolation("randAugment", options.interpolation),
    fill: () => fill,
    size: (size) => size,
    place(view, random) {
      const change = drawChange(view, random, { ops, strength: magnitude / 30, grey });
      view.warp(change.warp, change.left, change.top);
      view.recolour(change.colour);
    },
    evaluation: null,
  };
}

function drawChange(
  view: View,
  random: Random,
  { ops, strength, grey }: { ops: number; strength: number; grey: number },
): Change {
  const change: Change = {
    warp: [1, 0, 0, 1],
    left: 0,
    top: 0,
    colour: identityColour(view.channels),
  };
  for (let i = 0; i < ops; i++) {
    const op = OPS[random.int(OPS.length)];
    const by = random.int(2) === 0 ? strength : -strength;
    op(change, by, view, grey);
  }
  return change;
}

/** What is shown comes from where the last change looks, as the earlier ones see that. */
function warp(change: Change, [a, b, c, d]: Warp): void {
  const [p, q, r, s] = change.warp;
  change.warp = [p * a + q * c, p * b + q * d, r * a + s * c, r * b + s * d];
}

function shift(change: Change, x: number, y: number): void {
  const [p, q, r, s] = change.warp;
  change.left += p * x + q * y;
  change.top += r * x + s * y;
}

function recolour(change: Change, map: ColourMap): void {
  change.colour = composeColour(change.colour, map);
}
