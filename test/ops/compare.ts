import { expect } from "vitest";

/** Position of a flat index in an array of the given shape. */
export function unravel(index: number, shape: readonly number[]): number[] {
  const position = new Array<number>(shape.length);
  for (let d = shape.length - 1, rest = index; d >= 0; d--) {
    position[d] = rest % shape[d]!;
    rest = Math.floor(rest / shape[d]!);
  }
  return position;
}

/**
 * Fails with the worst element when |got − expected| exceeds tolerance × the largest finite
 * magnitude expected. NaN matches NaN and an infinity itself only.
 */
export function expectClose(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  shape: readonly number[],
  tolerance: number,
): void {
  expect(got.length, `${what}: number of elements`).toBe(expected.length);
  const bound = tolerance * magnitude(expected);
  let worst = -1;
  let worstError = bound;
  for (let i = 0; i < expected.length; i++) {
    const error = difference(got[i]!, expected[i]!);
    if (error > worstError) {
      worst = i;
      worstError = error;
    }
  }
  if (worst < 0) return;
  const wrong = Array.from(expected, (value, i) => difference(got[i]!, value) > bound);
  expect.fail(
    `${what}: ${wrong.filter(Boolean).length} of ${expected.length} elements are off; the worst at [${unravel(worst, shape)}]: ` +
      `expected ${expected[worst]}, got ${got[worst]} (error ${worstError.toExponential(2)}, allowed ${bound.toExponential(2)})`,
  );
}

function magnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (Number.isFinite(size) && size > largest) largest = size;
  }
  return largest || 1;
}

function difference(got: number, expected: number): number {
  if (Number.isNaN(expected)) return Number.isNaN(got) ? 0 : Number.POSITIVE_INFINITY;
  if (got === expected) return 0;
  const error = Math.abs(got - expected);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}
