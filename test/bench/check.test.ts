import { describe, expect, it } from "vitest";
import { checkText, compare } from "../../bench/workloads/check.ts";

describe("compare", () => {
  it("measures differences against the largest expected value", () => {
    const check = compare("float64", [10, 0.1], [10, 0], 0.02);
    expect(check.error).toBeCloseTo(0.01, 12);
    expect(check.passed).toBe(true);
    expect(compare("float64", [10, 0.1], [10, 0], 0.005).passed).toBe(false);
  });

  it("fails for NaN, wherever it is", () => {
    expect(compare("x", [1, Number.NaN], [1, 1], 1).passed).toBe(false);
    expect(compare("x", [Number.NaN, 1], [1, 1], 1).passed).toBe(false);
  });

  it("ignores what goes beyond the expected values, and refuses too few", () => {
    expect(compare("x", [1, 5], [1], 1e-6).passed).toBe(true);
    expect(() => compare("x", [1], [1, 2], 1)).toThrow("1 values instead of 2");
  });

  it("is told in one line", () => {
    expect(checkText(compare("float64", [2], [1], 1e-4))).toBe(
      "its result differs from float64 by 1.0e+0 (at most 1e-4 is right), so it was not timed",
    );
  });
});
