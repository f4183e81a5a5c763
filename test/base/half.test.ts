import { describe, expect, it } from "vitest";
import {
  bfloatFromFloats,
  floatsFromBfloat,
  floatsFromHalf,
  halfFromFloats,
} from "../../src/base/index.ts";

const ALL = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** The value of a half-precision pattern, computed as the standard words it. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

describe("half precision", () => {
  it("decodes every pattern to its value", () => {
    expect(floatsFromHalf(ALL)).toEqual(Float32Array.from(ALL, halfValue));
  });

  it("encodes every value back to its pattern, NaN to a NaN", () => {
    const back = halfFromFloats(floatsFromHalf(ALL));
    const isNan = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
    for (const bits of ALL) {
      if (isNan(bits)) expect(isNan(back[bits])).toBe(true);
      else if (back[bits] !== bits) expect.fail(`pattern ${bits} came back as ${back[bits]}`);
    }
  });

  it("rounds to nearest, ties to even", () => {
    const ulp = 2 ** -10;
    const values = [
      1 + 0.5 * ulp,
      1 + 1.5 * ulp,
      1 + 0.51 * ulp,
      2 ** -25,
      2 ** -25 * 1.01,
      65519,
      65520,
    ];
    const rounded = [1, 1 + 2 * ulp, 1 + ulp, 0, 2 ** -24, 65504, Number.POSITIVE_INFINITY];
    expect([...floatsFromHalf(halfFromFloats(Float32Array.from(values)))]).toEqual(rounded);
  });
});

describe("bfloat16", () => {
  it("decodes and encodes every pattern", () => {
    const values = floatsFromBfloat(ALL);
    const bits = new Uint32Array(values.buffer);
    expect(bits[0x3f80]).toBe(0x3f800000);
    const back = bfloatFromFloats(values);
    for (const pattern of ALL) {
      if (Number.isNaN(values[pattern])) expect((back[pattern] & 0x7fff) > 0x7f80).toBe(true);
      else if (back[pattern] !== pattern) expect.fail(`pattern ${pattern} changed`);
    }
  });

  it("rounds to nearest, ties to even, and overflows to infinity", () => {
    const ulp = 2 ** -7;
    const values = [1 + 0.5 * ulp, 1 + 1.5 * ulp, 1 + 0.51 * ulp, 3.4e38];
    const rounded = [1, 1 + 2 * ulp, 1 + ulp, Number.POSITIVE_INFINITY];
    expect([...floatsFromBfloat(bfloatFromFloats(Float32Array.from(values)))]).toEqual(rounded);
  });
});
