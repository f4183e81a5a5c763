import { Sketch } from "./graph_samples.ts";

const two = [2, 2] as const;
const none = [0, 0, 0, 0] as const;

/** Every op that resizes, cuts or rearranges a map, as Keras, TF.js and ONNX all have them. 4×6×8 → 32. */
export function rearranged() {
  const s = new Sketch([4, 6, 8]);
  const transposed = {
    inChannels: 4,
    outChannels: 8,
    kernelSize: two,
    stride: two,
    padding: none,
    outputPadding: [0, 0],
    dilation: [1, 1],
    groups: 1,
  } as const;
  s.add("convTranspose2d", "up.0", ["input"], transposed); // 8×12×16
  s.add("convTranspose2d", "up.1", ["input"], {
    ...transposed,
    kernelSize: [3, 3],
    padding: [1, 1, 1, 1],
    outputPadding: [1, 1],
  });
  s.add("convTranspose2d", "up.2", ["input"], {
    ...transposed,
    kernelSize: [5, 4],
    padding: [2, 1, 1, 1],
  });
  s.add("resize", "nearest", ["input"], {
    ...{ mode: "nearest", coordinates: "asymmetric", rounding: "floor", size: null, scale: two },
  });
  s.add("depthToSpace", "crd", ["up.0"], { block: 2, order: "CRD" }); // 2×24×32
  s.add("depthToSpace", "dcr", ["up.1"], { block: 2, order: "DCR" });
  s.add("concat", "pixels", ["crd", "dcr"], {}); // 4×24×32
  s.add("spaceToDepth", "back.crd", ["pixels"], { block: 2, order: "CRD" }); // 16×12×16
  s.add("spaceToDepth", "back.dcr", ["pixels"], { block: 2, order: "DCR" });
  s.add("concat", "joined", ["up.0", "up.1", "up.2", "nearest", "back.crd", "back.dcr"], {}); // 60
  s.add("channelShuffle", "shuffled", ["joined"], { groups: 6 });
  s.add("narrow", "channels", ["shuffled"], { dim: 0, start: 7, end: 39 });
  s.add("narrow", "rows", ["channels"], { dim: 1, start: 1, end: -2 });
  s.add("narrow", "columns", ["rows"], { dim: 2, start: 3, end: 13 });
  s.add("sigmoid", "positive", ["columns"], {});
  s.add("globalAvgPool", "means", ["positive"], { keepDims: false });
  s.add("narrow", "some", ["means"], { dim: 0, start: 2, end: 22 });
  return { graph: s.finish(["some"]), weights: s.weights };
}

/** What ONNX alone has. 4×5×6. */
export function rearrangedInOnnx() {
  const s = new Sketch([4, 5, 6]);
  s.add("convTranspose2d", "up", ["input"], {
    inChannels: 4,
    outChannels: 6,
    kernelSize: [3, 2],
    stride: [3, 1],
    padding: [0, 1, 1, 0],
    outputPadding: [2, 0],
    dilation: [1, 2],
    groups: 2,
  }); // 6×16×7
  const kinds = [
    ["nearest", "halfPixel", "preferFloor"],
    ["nearest", "halfPixel", "preferCeil"],
    ["nearest", "alignCorners", "ceil"],
    ["bilinear", "halfPixel", "floor"],
    ["bilinear", "pytorchHalfPixel", "floor"],
    ["bilinear", "alignCorners", "floor"],
    ["bilinear", "asymmetric", "floor"],
  ] as const;
  const sized = kinds.map(([mode, coordinates, rounding], i) =>
    s.add("resize", `size.${i}`, ["up"], {
      ...{ mode, coordinates, rounding, size: [9, 10], scale: null },
    }),
  );
  const scaled = kinds.map(([mode, coordinates, rounding], i) =>
    s.add("resize", `scale.${i}`, ["up"], {
      ...{ mode, coordinates, rounding, size: null, scale: [0.625, 1.5] },
    }),
  );
  s.add("concat", "sizes", sized, {});
  s.add("concat", "scales", scaled, {});
  return { graph: s.finish(["sizes", "scales"]), weights: s.weights };
}
