import type { Draw } from "./draw.ts";
import type { Look } from "./look.ts";
import { paperBrightness } from "./paper.ts";
import type { Polyline } from "./path.ts";
import { coverage } from "./raster.ts";
import { placeStrokes } from "./strokes.ts";

/** A picture of a glyph: RGB bytes in channel planes, [3, size, size]. */
export function renderGlyph(
  lines: readonly Polyline[],
  look: Look,
  draw: Draw,
  size: number,
): Uint8Array {
  const pen = {
    radius: [look.radius[0] * size, look.radius[1] * size],
    softness: look.softness,
  } as const;
  const ink = coverage(placeStrokes(lines, look, draw, size), size, pen);
  const paper = paperBrightness(look, draw, size);
  const pixels = new Uint8Array(3 * size * size);
  for (let channel = 0; channel < 3; channel++) {
    const [ground, stroke] = [look.paper[channel], look.ink[channel]];
    for (let i = 0; i < ink.length; i++) {
      const value = ground + ink[i] * (stroke - ground) + paper[i];
      pixels[channel * ink.length + i] = Math.max(0, Math.min(255, Math.round(255 * value)));
    }
  }
  return pixels;
}
