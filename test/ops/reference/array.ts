import type { Ref } from "../op_info.ts";

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}

/** A float64 array whose elements come from their flat index. */
export function generate(shape: readonly number[], at: (index: number) => number): Ref {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => at(i)) };
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
