/** TF.js graph models of one layer each, by the labels of layer_samples.ts: from "x", 6×8×4 or 6 numbers, to "y". */

import { ACTIVATIONS } from "../../../src/formats/graph/activations.ts";
import { PLAIN_ACTIVATIONS, type PlainActivation } from "../../../src/formats/index.ts";
import { graphModel, ints, type ModelFiles, node, s, shape, window } from "./rearranged_models.ts";

type Node = ReturnType<typeof node>;
interface Parts {
  readonly input?: readonly number[];
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly lists?: Readonly<Record<string, readonly number[]>>;
}

const model = (nodes: readonly Node[], parts: Parts = {}): ModelFiles => {
  const { input = [6, 8, 4], weights = {}, lists = {} } = parts;
  const x = node("x", "Placeholder", [], { shape: shape(-1, ...input) });
  return graphModel([x, ...nodes], weights, lists);
};

/** One operator of the input. */
const single = (op: string, attr: object = {}, parts: Parts = {}) =>
  model([node("y", op, ["x"], attr)], parts);

const conv = (attr: object = {}) =>
  model([node("y", "Conv2D", ["x", "w"], { ...window(2, "SAME"), ...attr })], {
    weights: { w: [3, 3, 4, 6] },
  });

const plane = { ksize: ints(1, 2, 2, 1), ...window(2, "VALID") };
const branch = node("branch", "Sigmoid", ["x"]);
const vector = { input: [6] };

const padded = (op: string, more: readonly string[] = [], attr: object = {}) =>
  model([node("y", op, ["x", "pads", ...more], attr)], {
    weights: more.length > 0 ? { value: [] } : {},
    lists: { pads: [0, 0, 1, 0, 2, 1, 0, 0] },
  });

const reduction = (op: string) =>
  model([node("y", op, ["x", "axes"])], { lists: { axes: [2, 3] } });

function activation(op: PlainActivation): ModelFiles | undefined {
  const { tensorflow } = ACTIVATIONS[op];
  if (!tensorflow) return undefined;
  const isOfPositive = op === "log" || op === "sqrt";
  return isOfPositive ? model([branch, node("y", tensorflow, ["branch"])]) : single(tensorflow);
}

/** Undefined where TensorFlow's graphs have no such layer, or Graft doesn't read it. */
export const GRAPH_LAYERS: Readonly<Record<string, ModelFiles | undefined>> = {
  ...Object.fromEntries(PLAIN_ACTIVATIONS.map((op) => [op, activation(op)])),
  convolution: conv(),
  "convolution of each channel": model(
    [node("y", "DepthwiseConv2dNative", ["x", "w"], window(1, "SAME"))],
    { weights: { w: [3, 3, 4, 2] } },
  ),
  "convolution, dilated": conv({ strides: ints(1, 1, 1, 1), dilations: ints(1, 2, 2, 1) }),
  "transposed convolution": model(
    [node("y", "Conv2DBackpropInput", ["size", "w", "x"], window(2, "SAME"))],
    { weights: { w: [3, 3, 6, 4] }, lists: { size: [1, 12, 16, 6] } },
  ),
  linear: model([node("y", "MatMul", ["x", "w"])], { ...vector, weights: { w: [6, 5] } }),
  "batch norm": model([node("y", "FusedBatchNormV3", ["x", "g", "b", "m", "v"])], {
    weights: { g: [4], b: [4], m: [4], v: [4] },
  }),
  "local response norm": single("LRN", { depth_radius: { i: "1" } }),
  "max pool": single("MaxPool", plane),
  "average pool": single("AvgPool", plane),
  "average pool, padding not counted": single("AvgPool", { ...plane, padding: s("SAME") }),
  "global average pool": model([node("y", "Mean", ["x", "axes"])], { lists: { axes: [1, 2] } }),
  "global max pool": model([node("y", "Max", ["x", "axes"])], { lists: { axes: [1, 2] } }),
  leakyRelu: single("LeakyRelu", { alpha: { f: 0.1 } }),
  elu: single("Elu"),
  PReLU: model([node("y", "Prelu", ["x", "slopes"])], { weights: { slopes: [4] } }),
  clamp: model(
    [node("below", "Minimum", ["x", "most"]), node("y", "Maximum", ["below", "least"])],
    {
      weights: { least: [], most: [] },
    },
  ),
  softmax: single("Softmax", {}, vector),
  "log softmax": single("LogSoftmax", {}, vector),
  flatten: model([node("y", "Reshape", ["x", "target"])], { lists: { target: [-1, 192] } }),
  "resize, nearest": model(
    [node("y", "ResizeNearestNeighbor", ["x", "size"], { half_pixel_centers: { b: true } })],
    { lists: { size: [12, 16] } },
  ),
  "resize, bilinear": model(
    [node("y", "ResizeBilinear", ["x", "size"], { half_pixel_centers: { b: true } })],
    { lists: { size: [12, 16] } },
  ),
  "resize, corners aligned": model(
    [node("y", "ResizeBilinear", ["x", "size"], { align_corners: { b: true } })],
    { lists: { size: [7, 9] } },
  ),
  "pixel shuffle": single("DepthToSpace", { block_size: { i: "2" }, data_format: s("NHWC") }),
  "pixel unshuffle": single("SpaceToDepth", { block_size: { i: "2" }, data_format: s("NHWC") }),
  "channel shuffle": model(
    [
      node("split", "Reshape", ["x", "grouped"]),
      node("moved", "Transpose", ["split", "perm"]),
      node("y", "Reshape", ["moved", "joined"]),
    ],
    { lists: { grouped: [-1, 6, 8, 2, 2], perm: [0, 1, 2, 4, 3], joined: [-1, 6, 8, 4] } },
  ),
  "slice, split": model(
    [
      node("y", "StridedSlice", ["x", "begin", "end", "steps"], {
        begin_mask: { i: "13" },
        end_mask: { i: "13" },
      }),
    ],
    { lists: { begin: [0, 1, 0, 0], end: [0, 5, 0, 0], steps: [1, 1, 1, 1] } },
  ),
  sum: model([branch, node("y", "AddV2", ["x", "branch"])]),
  product: model([branch, node("y", "Mul", ["x", "branch"])]),
  quotient: model([branch, node("y", "RealDiv", ["x", "branch"])]),
  power: model([branch, node("y", "Pow", ["branch", "exponent"])], { weights: { exponent: [] } }),
  "product of matrices": model([
    branch,
    node("y", "BatchMatMulV2", ["x", "branch"], { adj_y: { b: true } }),
  ]),
  permutation: model([node("y", "Transpose", ["x", "perm"])], { lists: { perm: [0, 3, 2, 1] } }),
  "sum over some sides": reduction("Sum"),
  "mean over some sides": reduction("Mean"),
  "max over some sides": reduction("Max"),
  "min over some sides": reduction("Min"),
  expansion: model([node("y", "BroadcastTo", ["x", "target"])], {
    ...{ input: [6, 1, 4], lists: { target: [-1, 6, 8, 4] } },
  }),
  selection: model([node("y", "GatherV2", ["x", "indices", "axis"])], {
    lists: { indices: [4, 0, 0], axis: [1] },
  }),
  "choice between two": model([branch, node("y", "SelectV2", ["x", "x", "branch"])]),
  "class token, positions": model([node("y", "AddV2", ["x", "own"])], {
    weights: { own: [6, 8, 4] },
  }),
  "map to another map": model([node("y", "Reshape", ["x", "target"])], {
    lists: { target: [-1, 4, 6, 8] },
  }),
  concatenation: model(
    [branch, node("y", "ConcatV2", ["x", "branch", "axis"], { N: { i: "2" } })],
    {
      lists: { axis: [3] },
    },
  ),
  "padding with zeros": padded("Pad"),
  "padding with a number": padded("PadV2", ["value"]),
  "padding, mirrored": padded("MirrorPad", [], { mode: s("REFLECT") }),
  "times and plus constants": model(
    [node("scaled", "Mul", ["x", "scale"]), node("y", "AddV2", ["scaled", "offset"])],
    { weights: { scale: [4], offset: [4] } },
  ),
};
