import { describe, expect, it } from "vitest";
import { outputSize, resolveWindow } from "../../src/base/index.ts";

describe("resolveWindow", () => {
  it("reads numbers, pairs and four sides", () => {
    const window = resolveWindow("conv2d", [8, 9], {
      kernelSize: 3,
      stride: [2, 1],
      padding: [1, 2],
      dilation: 2,
    });
    expect(window).toEqual({
      kernel: [3, 3],
      stride: [2, 1],
      dilation: [2, 2],
      pads: [1, 1, 2, 2],
    });
    expect(
      resolveWindow("conv2d", [8, 9], { kernelSize: [1, 2], padding: [1, 2, 3, 4] }).pads,
    ).toEqual([1, 2, 3, 4]);
    expect(resolveWindow("conv2d", [8, 9], { kernelSize: 3, padding: "valid" }).pads).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it("pads like TensorFlow for same: the extra one at the end, at any stride and dilation", () => {
    expect(resolveWindow("conv2d", [32, 32], { kernelSize: 3, padding: "same" }).pads).toEqual([
      1, 1, 1, 1,
    ]);
    expect(
      resolveWindow("conv2d", [224, 224], { kernelSize: 3, stride: 2, padding: "same" }).pads,
    ).toEqual([0, 1, 0, 1]);
    expect(
      resolveWindow("conv2d", [5, 5], { kernelSize: 3, stride: 2, padding: "same" }).pads,
    ).toEqual([1, 1, 1, 1]);
    expect(
      resolveWindow("conv2d", [5, 5], { kernelSize: [2, 1], stride: 3, padding: "same" }).pads,
    ).toEqual([0, 0, 0, 0]);
    const dilated = resolveWindow("conv2d", [7, 7], {
      kernelSize: 3,
      dilation: 2,
      padding: "same",
    });
    expect(outputSize("conv2d", [7, 7], dilated)).toEqual([7, 7]);
  });

  it("names what is wrong", () => {
    expect(() => resolveWindow("conv2d", [8, 8], { kernelSize: 3, stride: 0 })).toThrow(
      /conv2d: stride is 0/,
    );
    expect(() => resolveWindow("maxPool2d", [8, 8], { kernelSize: 2.5 })).toThrow(
      /maxPool2d: kernelSize is 2.5/,
    );
    expect(() => resolveWindow("conv2d", [8, 8], { kernelSize: 3, padding: -1 })).toThrow(
      /padding is -1/,
    );
    expect(() => resolveWindow("conv2d", [8, 8], { kernelSize: 3, padding: [1, 2, 3] })).toThrow(
      /padding is \[1,2,3\]/,
    );
  });
});

describe("outputSize", () => {
  const size = (n: number, options: Parameters<typeof resolveWindow>[2], ceilMode = false) =>
    outputSize("pool", [n, n], resolveWindow("pool", [n, n], options), ceilMode)[0];

  it("rounds down, or up in ceil mode", () => {
    expect(size(7, { kernelSize: 2, stride: 2 })).toBe(3);
    expect(size(7, { kernelSize: 2, stride: 2 }, true)).toBe(4);
    expect(size(112, { kernelSize: 3, stride: 2 }, true)).toBe(56);
  });

  it("drops a last window in ceil mode that would start beyond the input", () => {
    // ceil((4 + 2 − 2) / 3) + 1 = 3 windows, but the third would start at 6 − 1 = 5 > 4
    expect(size(4, { kernelSize: 2, stride: 3, padding: 1 }, true)).toBe(2);
    expect(size(5, { kernelSize: 2, stride: 5 }, true)).toBe(1);
  });

  it("refuses a window larger than the padded input", () => {
    expect(() => size(2, { kernelSize: 5, padding: 1 })).toThrow(
      /pool: a window of 5×5 is larger than the input of 2×2/,
    );
  });
});
