import type { Ref } from "../op_info.ts";

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}

/** A float64 array whose elements come from their flat index. */
export function generate(shape: readonly number[], at: (index: number) => number): Ref {
  const data = new Float64Array(sizeOf(shape)); // from() takes four times as long
  for (let i = 0; i < data.length; i++) data[i] = at(i);
  return { shape, data };
}

/** f applied to every element. */
export function mapRef(x: Ref, f: (value: number) => number): Ref {
  return { shape: x.shape, data: x.data.map(f) };
}

/** The mean (NaN of nothing), sum or the values themselves. */
export function reduceRef(values: Ref, reduction: "mean" | "sum" | "none"): Ref {
  if (reduction === "none") return values;
  const sum = values.data.reduce((total, value) => total + value, 0);
  return generate([], () => (reduction === "mean" ? sum / values.data.length : sum));
}

export function scalar(value: number): Ref {
  return generate([], () => value);
}

/** Where element `index` of an array of `shape` reads an array of shape `from` that is broadcast to it. */
export function broadcastIndex(
  index: number,
  shape: readonly number[],
  from: readonly number[],
): number {
  let at = 0;
  let stride = 1;
  let rest = index;
  for (let d = 1; d <= shape.length; d++) {
    const size = shape[shape.length - d]!;
    const own = from[from.length - d] ?? 1;
    if (own > 1) at += (rest % size) * stride;
    stride *= own;
    rest = Math.floor(rest / size);
  }
  return at;
}
