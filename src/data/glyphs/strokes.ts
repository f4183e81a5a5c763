import type { Draw } from "./draw.ts";
import type { Look } from "./look.ts";
import { type Point, type Polyline, subdivide } from "./path.ts";

/** Parts short enough for a warp to bend, in box heights. */
const STEP = 0.1;

/** Brings a glyph's lines from their box (−0.5..0.5) into a picture of `size` pixels. */
export function placeStrokes(
  lines: readonly Polyline[],
  look: Look,
  draw: Draw,
  size: number,
): Polyline[] {
  const warp = look.wobble > 0 ? wavyWarp(draw, look.wobble) : (point: Point) => point;
  const place = placement(look, size);
  const all = [...lines, ...lines.flatMap((line) => serifs(line, look.serif))];
  return all.map((line) => subdivide(line, STEP).map((point) => place(warp(point))));
}

/** Two waves of random direction, length and phase along each axis. */
function wavyWarp(draw: Draw, strength: number): (point: Point) => Point {
  const wave = () => {
    const [u, v, phase] = [draw.around(1.2), draw.around(1.2), draw.between(0, 1)];
    return ({ x, y }: Point) => Math.sin(2 * Math.PI * (u * x + v * y + phase));
  };
  const [x1, x2, y1, y2] = [wave(), wave(), wave(), wave()];
  return (point) => ({
    x: point.x + strength * (x1(point) + 0.5 * x2(point)),
    y: point.y + strength * (y1(point) + 0.5 * y2(point)),
  });
}

function placement(look: Look, size: number): (point: Point) => Point {
  const [cos, sin] = [Math.cos(look.rotation), Math.sin(look.rotation)];
  const scale = look.height * size;
  const [centreX, centreY] = look.shift.map((part) => (0.5 + part) * size);
  return ({ x, y }) => {
    const across = (x * look.aspect - y * look.slant) * scale;
    const down = y * scale;
    return { x: centreX + cos * across - sin * down, y: centreY + sin * across + cos * down };
  };
}

/** Bars across the ends of lines that arrive nearly upright. */
function serifs(line: Polyline, length: number): Polyline[] {
  if (length === 0 || line.length < 2) return [];
  const ends: [Point, Point][] = [
    [line[0], line[1]],
    [line[line.length - 1], line[line.length - 2]],
  ];
  return ends
    .filter(([end, before]) => Math.abs(end.y - before.y) > 2 * Math.abs(end.x - before.x))
    .map(([{ x, y }]) => [
      { x: x - length / 2, y },
      { x: x + length / 2, y },
    ]);
}
