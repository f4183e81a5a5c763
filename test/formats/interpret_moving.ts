import type { NodeOf } from "../../src/formats/index.ts";
import type { Plane } from "./interpret.ts";

// Ops on any of the three sides of a value. What has fewer has sides of 1 behind its own.

type Sides = readonly [number, number, number];

const threeSides = ([a = 1, b = 1, c = 1]: readonly number[]): Sides => [a, b, c];

/** The element at a place; a side of 1 stands for any length. */
function at({ shape, data }: Plane, place: Sides): number {
  const [a, b, c] = place.map((i, side) => (shape[side] === 1 ? 0 : i));
  return data[(a * shape[1] + b) * shape[2] + c];
}

function filled(shape: Sides, value: (place: Sides) => number): Plane {
  const [, rows, columns] = shape;
  const data = new Float64Array(shape[0] * rows * columns);
  const placeOf = (i: number): Sides => [
    Math.floor(i / (rows * columns)),
    Math.floor(i / columns) % rows,
    i % columns,
  ];
  return { shape, data: data.map((_, i) => value(placeOf(i))) };
}

/** Element by element, sides of 1 repeated. */
export function spread(f: (...values: number[]) => number, inputs: readonly Plane[]): Plane {
  const shape = threeSides([0, 1, 2].map((side) => Math.max(...inputs.map((x) => x.shape[side]))));
  return filled(shape, (place) => f(...inputs.map((x) => at(x, place))));
}

export function matmul([a, b]: readonly Plane[]): Plane {
  const length = a.shape[2];
  return filled([Math.max(a.shape[0], b.shape[0]), a.shape[1], b.shape[2]], ([n, i, j]) => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += at(a, [n, i, k]) * at(b, [n, k, j]);
    return sum;
  });
}

export function permute({ attrs: { order } }: NodeOf<"permute">, x: Plane): Plane {
  const shape = threeSides(order.map((side) => x.shape[side]));
  return filled(shape, (place) => {
    const from = [0, 0, 0];
    for (const [i, side] of order.entries()) from[side] = place[i];
    return at(x, threeSides(from));
  });
}

const REDUCTIONS = {
  sum: (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0),
  mean: (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length,
  max: (values: readonly number[]) => Math.max(...values),
  min: (values: readonly number[]) => Math.min(...values),
  l2: (values: readonly number[]) => Math.hypot(...values),
};

export function reduce({ attrs: { kind, dims, keepDims } }: NodeOf<"reduce">, x: Plane): Plane {
  const kept = threeSides(x.shape.map((length, side) => (dims.includes(side) ? 1 : length)));
  const lists = new Map<string, number[]>();
  filled(x.shape, (place) => {
    const key = place.map((i, side) => (dims.includes(side) ? 0 : i)).join();
    lists.set(key, [...(lists.get(key) ?? []), at(x, place)]);
    return 0;
  });
  const whole = filled(kept, (place) => REDUCTIONS[kind](lists.get(place.join())!));
  if (keepDims) return whole;
  return { ...whole, shape: threeSides(kept.filter((_, side) => !dims.includes(side))) };
}

export function expand({ attrs }: NodeOf<"expand">, x: Plane): Plane {
  return filled(threeSides(attrs.shape), (place) => at(x, place));
}

export function select({ attrs: { dim, indices } }: NodeOf<"select">, x: Plane): Plane {
  const along = (sides: Sides, value: number) =>
    threeSides(sides.map((i, side) => (side === dim ? value : i)));
  return filled(along(x.shape, indices.length), (place) =>
    at(x, along(place, indices[place[dim]])),
  );
}

export const constant = ({ attrs }: NodeOf<"constant">, data: Float64Array): Plane => ({
  shape: threeSides(attrs.shape),
  data,
});
