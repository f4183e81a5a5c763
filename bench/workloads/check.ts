import type { Check } from "../types.ts";

/**
 * Compares values with what they should be. The difference is relative to the largest expected value: kernels that
 * sum in another order err by a share of that, also where the sum itself is near zero.
 */
export function compare(
  against: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): Check {
  if (found.length < expected.length) {
    throw new Error(`${found.length} values instead of ${expected.length}`);
  }
  let scale = Number.MIN_VALUE;
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]));
    const difference = Math.abs(found[i] - expected[i]);
    // What is not a number is as wrong as can be; infinity would be lost in JSON.
    most = Math.max(most, Number.isFinite(difference) ? difference : Number.MAX_VALUE);
  }
  const error = Math.min(most / scale, Number.MAX_VALUE);
  return { against, error, tolerance, passed: error <= tolerance };
}

/** One line for people: what was wrong. */
export function checkText({ against, error, tolerance }: Check): string {
  return `its result differs from ${against} by ${error.toExponential(1)} (at most ${tolerance.toExponential(0)} is right), so it was not timed`;
}
