import { describe, expect, it } from "vitest";
import { inferShapes, outputShape } from "../../../src/formats/graph/shapes.ts";
import { everything, Sketch } from "../graph_samples.ts";

const conv = {
  inChannels: 3,
  outChannels: 8,
  kernelSize: [3, 3],
  stride: [2, 2],
  padding: "same",
  dilation: [1, 1],
  groups: 1,
} as const;

describe("shapes of a graph", () => {
  it("follows every op", () => {
    const shapes = inferShapes(everything().graph);
    expect(shapes.get("features.0")).toEqual([6, 8, 7]);
    expect(shapes.get("features.3")).toEqual([6, 4, 4]);
    expect(shapes.get("squeeze")).toEqual([8, 1, 1]);
    expect(shapes.get("scaled")).toEqual([8, 4, 4]);
    expect(shapes.get("joined")).toEqual([32, 4, 4]);
    expect(shapes.get("padded")).toEqual([32, 5, 6]);
    expect(shapes.get("peak")).toEqual([4]);
    expect(shapes.get("all")).toEqual([20]);
    expect(shapes.get("classes")).toEqual([5]);
  });

  it("leaves sides open that the input leaves open", () => {
    expect(outputShape("conv2d", conv, [[3, null, 9]])).toEqual([8, null, 5]);
    expect(outputShape("globalAvgPool", { keepDims: false }, [[7, null, null]])).toEqual([7]);
    expect(outputShape("flatten", {}, [[7, null, 3]])).toEqual([null]);
    expect(
      outputShape("add", {}, [
        [7, null, 3],
        [7, 4, null],
      ]),
    ).toEqual([7, 4, 3]);
    expect(
      outputShape("mul", {}, [
        [7, null, 3],
        [7, 1, 1],
      ]),
    ).toEqual([7, null, 3]);
    expect(
      outputShape("concat", {}, [
        [2, null, 3],
        [5, 4, 3],
      ]),
    ).toEqual([7, 4, 3]);
  });

  it("says what doesn't fit", () => {
    expect(() => outputShape("conv2d", conv, [[4, 9, 9]])).toThrow(
      "its weights are for 3 channels, and its input has 4",
    );
    expect(() => outputShape("conv2d", conv, [[12]])).toThrow(
      "it takes a map [channels, height, width], not [12]",
    );
    expect(() => outputShape("linear", { inFeatures: 3, outFeatures: 2 }, [[3, 1, 1]])).toThrow(
      "its weights are for 3 features, and its input has 1",
    );
    expect(() =>
      outputShape("add", {}, [
        [3, 4, 4],
        [3, 5, 4],
      ]),
    ).toThrow("[3, 4, 4] and [3, 5, 4] don't fit each other");
    expect(() =>
      outputShape("concat", {}, [
        [3, 4, 4],
        [3, 4, 5],
      ]),
    ).toThrow("don't fit each other");
    expect(() => outputShape("reshape", { shape: [2, 2] }, [[5]])).toThrow(
      "[5] can't be reshaped to [2, 2]",
    );
    expect(() => outputShape("rescale", { scale: [1, 2], offset: [0] }, [[3, 4, 4]])).toThrow(
      "for 2 channels",
    );
    const window = {
      kernelSize: [5, 5],
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      ceilMode: false,
    } as const;
    expect(() => outputShape("maxPool2d", window, [[3, 4, 4]])).toThrow(
      "a window of 5×5 is larger than the input of 4×4",
    );
    const s = new Sketch([3, 9, 9]);
    s.conv("first", "input", 3, 4);
    s.conv("second", "first", 5, 4);
    expect(() => inferShapes(s.finish(["second"]))).toThrow(
      /^Layer "second" \(conv2d\): its weights are for 5 channels/,
    );
    const t = new Sketch([3]);
    t.add("relu", "late", ["missing"], {});
    expect(() => inferShapes(t.finish(["late"]))).toThrow(
      'Layer "late" takes "missing", which no layer before it gives',
    );
  });
});
