/** A point, x to the right and y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Points joined by straight lines. */
export type Polyline = readonly Point[];

const CURVE_STEPS = 8;
/** Numbers that follow each command. */
const ARGUMENTS: Readonly<Record<string, number>> = { M: 2, L: 2, Q: 4 };

/**
 * The polylines of SVG path data with the commands M, L and Q, scaled from a box of 0..100 to
 * −0.5..0.5. Curves become eight lines each.
 *
 * @throws Error naming the command that isn't one of these or lacks numbers.
 */
export function parsePath(data: string): Polyline[] {
  const lines: Point[][] = [];
  for (const [, command, rest] of data.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const points = pointsOf(command, rest);
    const line = lines.at(-1);
    if (command === "M") lines.push([...points]);
    else if (!line) throw new Error(`path "${data}" must begin with M`);
    else if (command === "L") line.push(...points);
    else line.push(...curve(line[line.length - 1], points[0], points[1]));
  }
  return lines;
}

function pointsOf(command: string, text: string): Point[] {
  const numbers = text
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (numbers.length !== ARGUMENTS[command] || !numbers.every(Number.isFinite)) {
    throw new Error(`path command "${command}${text}": expected M x y, L x y or Q x1 y1 x y`);
  }
  const at = (i: number) => ({ x: numbers[i] / 100 - 0.5, y: numbers[i + 1] / 100 - 0.5 });
  return numbers.length === 2 ? [at(0)] : [at(0), at(2)];
}

/** A quadratic Bézier curve, without its first point. */
function curve(from: Point, control: Point, to: Point): Point[] {
  return Array.from({ length: CURVE_STEPS }, (_, i) => {
    const t = (i + 1) / CURVE_STEPS;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return { x: a * from.x + b * control.x + c * to.x, y: a * from.y + b * control.y + c * to.y };
  });
}

/** The same line with no part longer than `step`. */
export function subdivide(line: Polyline, step: number): Polyline {
  return line.flatMap((to, i) => {
    if (i === 0) return [to];
    const from = line[i - 1];
    const parts = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / step));
    return Array.from({ length: parts }, (_, k) => {
      const t = (k + 1) / parts;
      return { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) };
    });
  });
}
