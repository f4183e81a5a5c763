import { describe, expect, it } from "vitest";
import { flattenedInputs, isDepthwise } from "../../../src/formats/keras/guess.ts";
import type { NamedTensor } from "../../../src/formats/keras/weights.ts";

function named(role: string, ...shape: number[]): NamedTensor {
  return { role, tensor: { name: role, shape, dtype: "f32", data: () => new Float32Array(0) } };
}

const kernel = (...shape: number[]) => named("kernel", ...shape);
const bias = (length: number) => named("bias", length);

describe("weights without a network", () => {
  it.each([
    ["by its bias", "conv", [kernel(3, 3, 8, 2), bias(16)], true],
    ["against its name", "conv_dw_1", [kernel(3, 3, 8, 2), bias(2)], false],
    ["by its name", "conv_dw_1", [kernel(3, 3, 8, 2)], true],
    ["by its single output", "conv", [kernel(3, 3, 8, 1)], true],
    ["as an ordinary one", "conv", [kernel(3, 3, 8, 2)], false],
    ["of one channel as an ordinary one", "conv", [kernel(3, 3, 1, 6), bias(6)], false],
  ] as const)("tells a depthwise kernel %s", (_, layer, group, expected) => {
    expect(isDepthwise(layer, group)).toBe(expected);
  });

  it("finds the dense layer behind a flattened map", () => {
    const layers = new Map([
      ["block1_conv1", [kernel(3, 3, 3, 64), bias(64)]],
      ["block5_conv3", [kernel(3, 3, 512, 512), bias(512)]],
      ["fc1", [kernel(25088, 4096), bias(4096)]],
      ["fc2", [kernel(4096, 4096), bias(4096)]],
    ]);
    const found = { layer: "fc1", channels: 512, order: [{ channels: 512, positions: 49 }] };
    expect(flattenedInputs(layers)).toEqual(found);
  });

  it("leaves a dense layer behind a mean, or one that doesn't fit, as it is", () => {
    const behind = (inputs: number) =>
      new Map([
        ["conv", [kernel(3, 3, 3, 64), bias(64)]],
        ["dense", [kernel(inputs, 10), bias(10)]],
      ]);
    expect(flattenedInputs(behind(64))).toBeUndefined();
    expect(flattenedInputs(behind(100))).toBeUndefined();
    expect(flattenedInputs(new Map([["dense", [kernel(128, 10)]]]))).toBeUndefined();
  });

  it("takes the highest number where a file is sorted by name, and nothing when in doubt", () => {
    const numbered = (...kernels: readonly (readonly [string, ...number[]])[]) =>
      new Map(kernels.map(([layer, ...shape]) => [layer, [named("0", ...shape)]]));
    const conv = numbered(
      ["conv2d", 3, 3, 3, 8],
      ["conv2d_10", 3, 3, 8, 12],
      ["conv2d_2", 3, 3, 8, 24],
      ["dense", 48, 5],
    );
    expect(flattenedInputs(conv)?.channels).toBe(12);
    const doubt = numbered(
      ["conv2d", 3, 3, 3, 8],
      ["dense", 48, 5],
      ["depthwise_conv2d", 3, 3, 8, 2],
    );
    expect(flattenedInputs(doubt)).toBeUndefined();
  });
});
