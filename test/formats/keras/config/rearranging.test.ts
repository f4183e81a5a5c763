import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/formats/json.ts";
import type { Plane } from "../../interpret.ts";
import { convert, layer, run, sequential } from "./convert.ts";

describe("layers that resize, rearrange and over signals", () => {
  const ops = ({ graph }: ReturnType<typeof convert>) => graph!.nodes.map(({ op }) => op).join(" ");
  const image = (c: number, h: number, w: number): Plane => ({
    shape: [c, h, w],
    data: Float64Array.from({ length: c * h * w }, (_, i) => i),
  });

  it("reads a causal convolution, which sees the past alone", () => {
    const causal = convert(
      sequential(
        layer("Conv1D", {
          ...{ name: "c", padding: "causal", dilation_rate: [2], use_bias: false },
          batch_input_shape: [null, 5, 1],
        }),
      ),
      { "c/kernel": [2, 1, 1] },
    );
    expect(causal.graph!.inputShape).toEqual([1, 1, 5]);
    // The kernel is 0, sin(1), two steps apart: what it sees now counts alone.
    const values = run(causal, image(1, 1, 5));
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.sin(1) * i, 6);
    });
  });

  it("reads a shuffle of channels, and pixels out of them, written as Reshape and Permute", () => {
    const shuffle = convert(
      sequential(
        layer("Reshape", {
          ...{ name: "a", target_shape: [1, 2, 2, 4] },
          batch_input_shape: [null, 1, 2, 8],
        }),
        layer("Permute", { name: "b", dims: [1, 2, 4, 3] }),
        layer("Reshape", { name: "c", target_shape: [1, 2, 8] }),
        layer("Reshape", { name: "d", target_shape: [1, 2, 2, 2, 2] }),
        layer("Permute", { name: "e", dims: [1, 3, 2, 4, 5] }),
        layer("Reshape", { name: "f", target_shape: [2, 4, 2] }),
      ),
    );
    expect(ops(shuffle)).toBe("input channelShuffle depthToSpace");
    expect(shuffle.graph!.nodes[1]!.attrs).toEqual({ groups: 2 });
    expect(shuffle.graph!.nodes[2]!.attrs).toEqual({ block: 2, order: "DCR" });
    const other = convert(
      sequential(
        layer("Reshape", {
          ...{ name: "a", target_shape: [1, 2, 2, 4] },
          batch_input_shape: [null, 1, 2, 8],
        }),
        layer("Conv2D", { name: "b" }),
      ),
    );
    expect(other.graphError!.message).toMatch(/b \(Conv2D\): its input has more dimensions than/);
  });

  it("reads resizing, and cuts", () => {
    const resized = convert(
      sequential(
        layer("UpSampling2D", {
          ...{ name: "a", size: [2, 3], interpolation: "bilinear" },
          batch_input_shape: [null, 4, 5, 2],
        }),
        layer("Resizing", { name: "b", height: 6, width: 7, interpolation: "nearest" }),
        layer("Cropping2D", {
          name: "c",
          cropping: [
            [1, 0],
            [2, 1],
          ],
        }),
      ),
    );
    expect(ops(resized)).toBe("input resize resize narrow narrow");
    expect(resized.graph!.nodes[1]!.attrs).toMatchObject({
      ...{ mode: "bilinear", coordinates: "halfPixel", scale: [2, 3] },
    });
    expect(resized.graph!.nodes[2]!.attrs).toMatchObject({ mode: "nearest", size: [6, 7] });
    expect(run(resized, image(2, 4, 5))).toHaveLength(2 * 5 * 4);
  });

  it("reads transposed convolutions of any output_padding, by Keras's rule for their size", () => {
    const size = (config: JsonObject) => {
      const found = convert(
        sequential(
          layer("Conv2DTranspose", {
            ...{ name: "c", use_bias: false, batch_input_shape: [null, 4, 5, 2], ...config },
          }),
        ),
        { "c/kernel": [3, 3, 1, 2] },
      );
      const length = run(found, image(2, 4, 5)).length;
      return length;
    };
    expect(size({ strides: 2, padding: "same" })).toBe(8 * 10);
    expect(size({ strides: 2, padding: "valid" })).toBe(9 * 11);
    expect(size({ strides: 4, padding: "valid" })).toBe(16 * 20);
    expect(size({ strides: 2, padding: "same", output_padding: 0 })).toBe(7 * 9);
    expect(size({ strides: 2, padding: "valid", output_padding: [1, 0] })).toBe(10 * 11);
  });
});
