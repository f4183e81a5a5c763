import { expect, it } from "vitest";
import { sameShape, shapeText, sizeOf, stridesOf } from "../../src/base/index.ts";

it("stridesOf gives NumPy's strides", () => {
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(stridesOf([])).toEqual([]);
});

it("a scalar has one element and no sides", () => {
  expect(sizeOf([])).toBe(1);
  expect(sizeOf([2, 3, 4])).toBe(24);
  expect(shapeText([2, 3])).toBe("[2, 3]");
  expect(sameShape([2, 3], [2, 3, 1])).toBe(false);
  expect(sameShape([2, 3], [2, 3])).toBe(true);
});
