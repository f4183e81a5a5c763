import { describe, expect, it } from "vitest";
import {
  arange,
  capture,
  eye,
  full,
  fullLike,
  linspace,
  manualSeed,
  ones,
  onesLike,
  randint,
  tensor,
  zeros,
  zerosLike,
} from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { mistyped } from "../mistyped.ts";

describe("tensor", () => {
  it("infers shape and dtype", async () => {
    const nested = tensor([
      [1, 2.5, 3],
      [4, 5, 6],
    ]);
    expect(nested.shape).toEqual([2, 3]);
    expect(nested.dtype).toBe("f32");
    expect(await nested.data()).toEqual(new Float32Array([1, 2.5, 3, 4, 5, 6]));
    expect(tensor(new Float32Array(3)).dtype).toBe("f32");
    expect(tensor(new Float64Array(3)).dtype).toBe("f32");
    expect(tensor(new Int32Array(3)).dtype).toBe("i32");
    expect(tensor(new Int8Array(3)).dtype).toBe("i32");
    expect(tensor(new Uint32Array(3)).dtype).toBe("u32");
    expect(tensor(new Uint8Array(3)).dtype).toBe("u32");
  });

  it("makes scalars of shape []", async () => {
    const scalar = tensor(3.5);
    expect(scalar.shape).toEqual([]);
    expect(await scalar.item()).toBe(3.5);
    expect(tensor([7], { shape: [] }).shape).toEqual([]);
  });

  it("copies typed arrays with a shape, unaligned and odd lengths too", async () => {
    const bytes = new Uint8Array([9, 1, 2, 3, 4, 5, 6]).subarray(1);
    const t = tensor(bytes, { shape: [2, 3] });
    expect(await t.data()).toEqual(new Uint32Array([1, 2, 3, 4, 5, 6]));
    const floats = new Float32Array([0, 1, 2, 3]).subarray(1);
    const copied = tensor(floats);
    floats[0] = 99;
    expect(await copied.data()).toEqual(new Float32Array([1, 2, 3]));
  });

  it("converts to a wanted dtype", async () => {
    expect(await tensor([1.9, -1.9], { dtype: "i32" }).data()).toEqual(new Int32Array([1, -1]));
    expect(await tensor(new Uint8Array([255]), { dtype: "f32" }).data()).toEqual(
      new Float32Array([255]),
    );
    expect(await tensor([2 ** 32 - 1], { dtype: "u32" }).data()).toEqual(
      new Uint32Array([2 ** 32 - 1]),
    );
  });

  it("stores f16 rounded to half precision, or says that the adapter can't", async () => {
    const device = currentDevice();
    const make = () => tensor([1, 0.1, -65504], { dtype: "f16" });
    if (!device.features.has("shader-f16")) {
      expect(make).toThrow(/shader-f16/);
      return;
    }
    expect(await make().data()).toEqual(new Float32Array([1, 0.0999755859375, -65504]));
  });

  it("tracks gradients of f32 leaves only", () => {
    expect(tensor([1], { requiresGrad: true }).requiresGrad).toBe(true);
    expect(tensor([1]).requiresGrad).toBe(false);
    expect(() => tensor([1], { dtype: "i32", requiresGrad: true })).toThrow(/only f32.*i32/);
  });

  it.each([
    [() => tensor([[1, 2], [3]]), /ragged nesting: \[1\] has 1 values where the first has 2/],
    [() => tensor([[1, 2], 3]), /ragged nesting: \[1\] is a single value/],
    [() => tensor([1, [2]]), /ragged nesting: \[1\] has 1 values where the first has a number/],
    [() => tensor([]), /\[0\] has a zero dimension/],
    [() => tensor([[], []]), /\[2, 0\] has a zero dimension/],
    [() => tensor(new Float32Array(0)), /zero dimension/],
    [() => tensor(new Float32Array(5), { shape: [2, 3] }), /5 values don't fill shape \[2, 3\]/],
    [() => tensor(new Float32Array(6), { shape: [2, -3] }), /\[2, -3\] has the dimension -3/],
    [() => tensor([1], { shape: mistyped(1) }), /the shape must be a list of numbers, not 1/],
    [() => tensor([1], { shape: [1, 1, 1, 1, 1, 1, 1] }), /7 dimensions; at most 6/],
    [() => tensor([-1], { dtype: "u32" }), /value -1 at index 0 doesn't fit u32/],
    [() => tensor([1, Number.NaN], { dtype: "i32" }), /value NaN at index 1 doesn't fit i32/],
    [() => tensor([1], { dtype: mistyped("f64") }), /unknown dtype "f64"; the dtypes are f32/],
    [() => tensor([1], mistyped({ shap: [1] })), /unknown option "shap"; the options are shape/],
    [() => tensor(mistyped(["a"])), /\[0\] is string, expected a number/],
  ])("refuses bad values %#", (make, message) => {
    expect(make).toThrow(message);
  });
});

describe("factories", () => {
  it("fills", async () => {
    expect(await zeros([2, 2]).data()).toEqual(new Float32Array(4));
    expect(await ones([3], { dtype: "i32" }).data()).toEqual(new Int32Array([1, 1, 1]));
    expect(await full([], 2.5).item()).toBe(2.5);
    expect(await full([2], -100, { dtype: "i32" }).data()).toEqual(new Int32Array([-100, -100]));
    const like = tensor(new Int32Array([4, 5]));
    expect(await zerosLike(like).data()).toEqual(new Int32Array(2));
    expect(await onesLike(like).data()).toEqual(new Int32Array([1, 1]));
    expect(await fullLike(like, 7, { dtype: "f32" }).data()).toEqual(new Float32Array([7, 7]));
    expect(zeros([2], { requiresGrad: true }).requiresGrad).toBe(true);
  });

  it("fills integers exactly", async () => {
    expect(await full([1], 16777217, { dtype: "i32" }).item()).toBe(16777217);
    expect(await full([1], -16777217, { dtype: "i32" }).item()).toBe(-16777217);
    expect(await full([1], 2 ** 32 - 1, { dtype: "u32" }).item()).toBe(2 ** 32 - 1);
    expect(await full([1], Number.NEGATIVE_INFINITY).item()).toBe(Number.NEGATIVE_INFINITY);
    expect(await full([1], Number.NaN).item()).toBeNaN();
    expect(() => full([1], 0.5, { dtype: "i32" })).toThrow(/the value 0.5 doesn't fit dtype i32/);
  });

  it("counts", async () => {
    expect(await arange(4).data()).toEqual(new Int32Array([0, 1, 2, 3]));
    expect(await arange(10, { start: 4, step: 3 }).data()).toEqual(new Int32Array([4, 7]));
    expect(await arange(1, { step: 0.25 }).data()).toEqual(new Float32Array([0, 0.25, 0.5, 0.75]));
    expect(await arange(0, { start: 3, step: -1 }).data()).toEqual(new Int32Array([3, 2, 1]));
    expect(() => arange(0)).toThrow(/from 0 to 0 in steps of 1 there is no element/);
    expect(() => arange(1, { step: 0 })).toThrow(/no element/);
  });

  it("makes identities", async () => {
    expect(await eye(2).data()).toEqual(new Float32Array([1, 0, 0, 1]));
    expect(await eye(2, 3).data()).toEqual(new Float32Array([1, 0, 0, 0, 1, 0]));
  });

  it("refuses empty shapes and unknown options", () => {
    expect(() => zeros([2, 0])).toThrow(/zero dimension/);
    expect(() => ones([2], mistyped({ type: "i32" }))).toThrow(/unknown option "type"/);
    expect(() => full(mistyped(3), 1)).toThrow(/the shape must be a list/);
  });
});

describe("linspace", () => {
  it("goes from start to end, both exact", async () => {
    expect(await linspace(0, 1, 5).data()).toEqual(new Float32Array([0, 0.25, 0.5, 0.75, 1]));
    const down = await linspace(3, -0.1, 7).data();
    expect([down[0], down[6]]).toEqual([3, Math.fround(-0.1)]);
    expect(down[2]).toBeCloseTo(3 - (2 * 3.1) / 6, 6);
    expect(await linspace(2, 9, 1).data()).toEqual(new Float32Array([2]));
    expect(linspace(0, 1, 3, { requiresGrad: true }).requiresGrad).toBe(true);
    expect(await linspace(0, 10, 5, { dtype: "i32" }).data()).toEqual(
      new Int32Array([0, 2, 5, 7, 10]),
    );
  });

  it("refuses what is no number of steps", () => {
    expect(() => linspace(0, 1, 0)).toThrow(
      /linspace: steps is 0; it must be a number of at least 1/,
    );
    expect(() => linspace(0, 1, 2.5)).toThrow(/linspace: steps is 2.5; it must be a whole number/);
    expect(() => linspace(0, mistyped("1"), 3)).toThrow(/linspace: end is 1; it must be a number/);
  });
});

describe("randint", () => {
  it("gives each whole number from low to below high as often, anew at each replay", async () => {
    manualSeed(3);
    const numbers = randint(-2, 5, [70_000]);
    expect([numbers.dtype, numbers.shape]).toEqual(["i32", [70_000]]);
    const counts = new Map<number, number>();
    for (const n of await numbers.data()) counts.set(n, (counts.get(n) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3, 4]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    manualSeed(3);
    expect(await randint(-2, 5, [70_000]).data()).toEqual(await numbers.data());
    const step = capture(() => randint(0, 1000, [9]));
    const first = [...(await step().data())];
    expect([...(await step().data())]).not.toEqual(first);
  });

  it("gives other dtypes, and one number where there is one", async () => {
    expect(await randint(7, 8, [3], { dtype: "f32" }).data()).toEqual(new Float32Array([7, 7, 7]));
    const large = await randint(0, 2 ** 24, [1000]).data();
    expect(Math.max(...large)).toBeLessThan(2 ** 24);
  });

  it("refuses a range without a number, or one too wide", () => {
    expect(() => randint(3, 3, [2])).toThrow(/randint: there must be 1 to 2\^24 numbers from 3/);
    expect(() => randint(0, 2 ** 25, [2])).toThrow(/randint: there must be 1 to 2\^24 numbers/);
    expect(() => randint(0.5, 3, [2])).toThrow(/randint: low is 0.5; it must be a whole number/);
  });
});
