import type { Ref, Sample } from "./op_info.ts";
import { random } from "./seeded.ts";

/** References are float64, so that this leaves ten digits. */
const STEP = 1e-5;
/** Above this size a seeded choice of elements is differenced, and one direction through all. */
const MAX_ELEMENTS = 64;
const CHOSEN_ELEMENTS = 12;

export interface NumericGradient {
  /** Flat indices that were differenced one by one, and the derivative at each. */
  readonly indices: readonly number[];
  readonly values: readonly number[];
  /** A random direction through all elements with the derivative along it, when not all were differenced. */
  readonly direction: { readonly along: Float64Array; readonly derivative: number } | null;
}

/** Central differences of Σ cotangent · reference with respect to input `which`. */
export function numericGradient(
  sample: Sample,
  inputs: readonly Ref[],
  which: number,
  cotangent: ArrayLike<number>,
): NumericGradient {
  const { shape, data } = inputs[which]!;
  const lossAt = (values: Float64Array) => {
    const moved = { shape, data: values };
    const out = sample.reference(...inputs.map((input, i) => (i === which ? moved : input)));
    return out.data.reduce((sum, value, i) => sum + value * cotangent[i]!, 0);
  };
  const derivative = (moved: (step: number) => Float64Array) =>
    (lossAt(moved(STEP)) - lossAt(moved(-STEP))) / (2 * STEP);
  const indices = chosenIndices(data.length);
  const values = indices.map((i) => derivative((step) => data.with(i, data[i]! + step)));
  if (indices.length === data.length) return { indices, values, direction: null };
  const next = random(91 + which);
  const along = Float64Array.from(data, () => 2 * next() - 1);
  const moved = (step: number) => data.map((value, i) => value + step * along[i]!);
  return { indices, values, direction: { along, derivative: derivative(moved) } };
}

function chosenIndices(size: number): number[] {
  if (size <= MAX_ELEMENTS) return Array.from({ length: size }, (_, i) => i);
  const next = random(size);
  const chosen = new Set([0, size - 1]);
  while (chosen.size < CHOSEN_ELEMENTS) chosen.add(Math.floor(next() * size));
  return [...chosen].sort((a, b) => a - b);
}
