import type { Draw } from "./draw.ts";

type Colour = readonly [red: number, green: number, blue: number];

/** Everything that makes one picture of a glyph differ from another. Lengths are in picture sides. */
export interface Look {
  readonly height: number;
  /** Width of the glyph's box over its height. */
  readonly aspect: number;
  readonly slant: number;
  /** Radians, clockwise. */
  readonly rotation: number;
  readonly shift: readonly [x: number, y: number];
  /** How far a wavy displacement moves points, in box heights. */
  readonly wobble: number;
  /** Half the stroke's width where a line begins and where it ends. */
  readonly radius: readonly [from: number, to: number];
  /** Width of a stroke's edge in pixels. */
  readonly softness: number;
  /** Length of the bars at the ends of upright strokes, in box widths; 0 for none. */
  readonly serif: number;
  readonly ink: Colour;
  readonly paper: Colour;
  /** The largest change of brightness across the paper. */
  readonly gradient: number;
  readonly texture: "plain" | "lines" | "squares" | "blotches";
  readonly textureStrength: number;
  /** Standard deviation of each pixel's noise. */
  readonly noise: number;
}

/** A way to draw looks at random: a source of pictures with a style of their own. */
export type Style = (draw: Draw) => Look;

/** Type of many widths, weights and colours, on paper, signs and screens, not all of it well set. */
export const printed: Style = (draw) => {
  const radius = draw.between(0.018, 0.06);
  return {
    height: draw.between(0.46, 0.8),
    aspect: draw.between(0.5, 0.95),
    slant: draw.chance(0.5) ? draw.around(0.32) : 0,
    rotation: draw.around(0.2),
    shift: [draw.around(0.1), draw.around(0.1)],
    wobble: draw.chance(0.6) ? draw.between(0, 0.06) : 0,
    radius: [radius, radius * draw.between(0.8, 1.25)],
    softness: draw.between(0.9, 2),
    serif: draw.chance(0.25) ? draw.between(0.12, 0.25) : 0,
    ...colours(draw, 0.3),
    gradient: draw.between(0, 0.2),
    texture: draw.pick(["plain", "lines", "squares", "blotches"]),
    textureStrength: draw.between(0.02, 0.14),
    noise: draw.between(0, 0.06),
  };
};

/** An unsteady hand with a pen or a piece of chalk, on squared or blotted paper and on boards. */
export const drawn: Style = (draw) => {
  const radius = draw.between(0.02, 0.05);
  return {
    height: draw.between(0.5, 0.8),
    aspect: draw.between(0.5, 0.9),
    slant: draw.around(0.35),
    rotation: draw.around(0.22),
    shift: [draw.around(0.08), draw.around(0.08)],
    wobble: draw.between(0.03, 0.075),
    radius: [radius * draw.between(0.6, 1.5), radius * draw.between(0.6, 1.5)],
    softness: draw.between(1, 2),
    serif: 0,
    ...colours(draw, 0.35),
    gradient: draw.between(0, 0.2),
    texture: draw.pick(["squares", "squares", "lines", "blotches"]),
    textureStrength: draw.between(0.04, 0.13),
    noise: draw.between(0.01, 0.06),
  };
};

/** Ink and paper at least `contrast` apart in brightness, either the darker, both tinted. */
function colours(draw: Draw, contrast: number): { ink: Colour; paper: Colour } {
  const low = draw.between(0.02, 0.95 - contrast);
  const high = draw.between(low + contrast, 1);
  const [ink, paper] = draw.chance(0.5) ? [low, high] : [high, low];
  return { ink: tinted(draw, ink), paper: tinted(draw, paper) };
}

function tinted(draw: Draw, brightness: number): Colour {
  const tint = draw.between(0, 0.18);
  const channel = () => Math.max(0, Math.min(1, brightness + draw.around(tint)));
  return [channel(), channel(), channel()];
}
