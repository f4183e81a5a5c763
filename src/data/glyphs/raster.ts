import type { Polyline } from "./path.ts";

export interface Pen {
  /** Half the line's width in pixels at the start and at the end of each line. */
  readonly radius: readonly [from: number, to: number];
  /** How many pixels wide the transition from ink to paper is; 1 is a sharp anti-aliased edge. */
  readonly softness: number;
}

/**
 * How much ink covers each pixel of a `size`×`size` picture, 0..1, row by row. Lines are in pixels;
 * their ends and joints are round.
 */
export function coverage(lines: readonly Polyline[], size: number, pen: Pen): Float32Array {
  const ink = new Float32Array(size * size);
  for (const line of lines) {
    const last = Math.max(1, line.length - 1);
    const [from, to] = pen.radius;
    const radiusAt = (i: number) => from + ((to - from) * i) / last;
    for (let i = 1; i < line.length; i++) {
      drawSegment(ink, size, [...flat(line[i - 1]), ...flat(line[i])], radiusAt(i - 0.5), pen);
    }
  }
  return ink;
}

function flat({ x, y }: Polyline[number]): [number, number] {
  return [x, y];
}

function drawSegment(
  ink: Float32Array,
  size: number,
  [x0, y0, x1, y1]: number[],
  radius: number,
  { softness }: Pen,
): void {
  const reach = radius + softness;
  const clip = (value: number) => Math.max(0, Math.min(size - 1, value));
  const [left, right] = [
    clip(Math.floor(Math.min(x0, x1) - reach)),
    clip(Math.ceil(Math.max(x0, x1) + reach)),
  ];
  const [top, bottom] = [
    clip(Math.floor(Math.min(y0, y1) - reach)),
    clip(Math.ceil(Math.max(y0, y1) + reach)),
  ];
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy || 1;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = Math.max(0, Math.min(1, (px * dx + py * dy) / squared));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const value = Math.min(1, (radius - distance) / softness + 0.5);
      if (value > ink[y * size + x]) ink[y * size + x] = value;
    }
  }
}
