/** A small network around each kind of layer, for the table of docs/layers.md. */
import {
  type NetworkGraph,
  type OpAttrs,
  type OpName,
  PLAIN_ACTIVATIONS,
  type TensorToWrite,
} from "../../src/formats/index.ts";
import { Sketch } from "./graph_samples.ts";

export interface LayerSample {
  /** As the table calls it. */
  readonly label: string;
  readonly op: OpName;
  readonly graph: NetworkGraph;
  readonly weights: ReadonlyMap<string, TensorToWrite>;
}

const one = [1, 1] as const;
const two = [2, 2] as const;
const three = [3, 3] as const;
const none = [0, 0, 0, 0] as const;
const around = [1, 1, 1, 1] as const;

/** Adds the layer to "input" or other nodes, and gives its name. */
type Sketching = (s: Sketch) => string;

const MAP = [4, 6, 8] as const;
const VECTOR = [6] as const;

function sample(
  label: string,
  op: OpName,
  sketching: Sketching,
  shape: readonly number[] = MAP,
): LayerSample {
  const s = new Sketch(shape);
  const output = sketching(s);
  return { label, op, graph: s.finish([output]), weights: s.weights };
}

const conv = (more: Parameters<Sketch["conv"]>[4] = {}, outputs = 6): Sketching => {
  return (s) => s.conv("layer", "input", 4, outputs, more);
};

const transposed: OpAttrs["convTranspose2d"] = {
  ...{ inChannels: 4, outChannels: 6, kernelSize: three, stride: two, padding: around },
  ...{ outputPadding: one, dilation: one, groups: 1 },
};

const pool = { kernelSize: two, stride: two, padding: none, ceilMode: false } as const;

const resizing = (mode: "nearest" | "bilinear"): OpAttrs["resize"] => ({
  ...{ mode, coordinates: "halfPixel", rounding: "preferFloor", size: null, scale: two },
});

/** Of a branch beside the input. */
const beside = (s: Sketch) => s.add("sigmoid", "branch", ["input"], {});

const PADDING = { padding: [1, 0, 2, 1], value: 0 } as const;

const LAYERS: readonly LayerSample[] = [
  sample("convolution", "conv2d", conv({ stride: two, padding: around })),
  sample("convolution in groups", "conv2d", conv({ groups: 2 })),
  sample("convolution of each channel", "conv2d", conv({ groups: 4 }, 8)),
  sample("convolution, dilated", "conv2d", conv({ dilation: two })),
  sample("transposed convolution", "convTranspose2d", (s) =>
    s.add("convTranspose2d", "layer", ["input"], transposed),
  ),
  sample("transposed convolution, dilated, in groups", "convTranspose2d", (s) =>
    s.add("convTranspose2d", "layer", ["input"], { ...transposed, groups: 2, dilation: two }),
  ),
  sample(
    "linear",
    "linear",
    (s) => s.add("linear", "layer", ["input"], { inFeatures: 6, outFeatures: 5 }),
    VECTOR,
  ),
  sample("batch norm", "batchNorm", (s) =>
    s.add("batchNorm", "layer", ["input"], { numFeatures: 4, eps: 1e-3, momentum: 0.1 }),
  ),
  sample("group norm", "groupNorm", (s) =>
    s.add("groupNorm", "layer", ["input"], { numGroups: 2, numChannels: 4, eps: 1e-3 }),
  ),
  sample("instance norm", "groupNorm", (s) =>
    s.add("groupNorm", "layer", ["input"], { numGroups: 4, numChannels: 4, eps: 1e-3 }),
  ),
  sample("layer norm over channels or features", "layerNorm", (s) =>
    s.add("layerNorm", "layer", ["input"], { numFeatures: 4, eps: 1e-3 }),
  ),
  sample("RMS norm over channels or features", "rmsNorm", (s) =>
    s.add("rmsNorm", "layer", ["input"], { numFeatures: 4, eps: 1e-3 }),
  ),
  sample("local response norm", "localResponseNorm", (s) =>
    s.add("localResponseNorm", "layer", ["input"], { size: 3, alpha: 0.3, beta: 0.75, k: 2 }),
  ),
  sample("max pool", "maxPool2d", (s) =>
    s.add("maxPool2d", "layer", ["input"], { ...pool, dilation: one }),
  ),
  sample("max pool, dilated", "maxPool2d", (s) =>
    s.add("maxPool2d", "layer", ["input"], { ...pool, dilation: two }),
  ),
  sample("average pool", "avgPool2d", (s) =>
    s.add("avgPool2d", "layer", ["input"], { ...pool, countIncludePad: true }),
  ),
  sample("average pool, padding not counted", "avgPool2d", (s) =>
    s.add("avgPool2d", "layer", ["input"], {
      ...{ ...pool, kernelSize: three, padding: around, countIncludePad: false },
    }),
  ),
  sample("global average pool", "globalAvgPool", (s) =>
    s.add("globalAvgPool", "layer", ["input"], { keepDims: false }),
  ),
  sample("global max pool", "globalMaxPool", (s) =>
    s.add("globalMaxPool", "layer", ["input"], { keepDims: false }),
  ),
  ...PLAIN_ACTIVATIONS.map((op) =>
    sample(op, op, (s) => {
      const isOfPositive = op === "log" || op === "sqrt";
      return s.add(op, "layer", [isOfPositive ? beside(s) : "input"], {});
    }),
  ),
  sample("leakyRelu", "leakyRelu", (s) =>
    s.add("leakyRelu", "layer", ["input"], { negativeSlope: 0.1 }),
  ),
  sample("elu", "elu", (s) => s.add("elu", "layer", ["input"], { alpha: 0.7 })),
  sample("PReLU", "prelu", (s) => s.add("prelu", "layer", ["input"], { numParameters: 4 })),
  sample("GELU", "gelu", (s) => s.add("gelu", "layer", ["input"], { approximate: "none" })),
  sample("GELU by tanh", "gelu", (s) => s.add("gelu", "layer", ["input"], { approximate: "tanh" })),
  sample("clamp", "clamp", (s) => s.add("clamp", "layer", ["input"], { min: -0.3, max: 0.4 })),
  sample("softmax", "softmax", (s) => s.add("softmax", "layer", ["input"], {}), VECTOR),
  sample("log softmax", "logSoftmax", (s) => s.add("logSoftmax", "layer", ["input"], {}), VECTOR),
  sample("dropout", "dropout", (s) => s.add("dropout", "layer", ["input"], { p: 0.25 })),
  sample("flatten", "flatten", (s) => s.add("flatten", "layer", ["input"], {})),
  sample(
    "vector to a map of one pixel",
    "reshape",
    (s) => s.add("reshape", "layer", ["input"], { shape: [6, 1, 1] }),
    VECTOR,
  ),
  sample("map to another map", "reshape", (s) =>
    s.add("reshape", "layer", ["input"], { shape: [8, 4, 6] }),
  ),
  sample("resize, nearest", "resize", (s) =>
    s.add("resize", "layer", ["input"], resizing("nearest")),
  ),
  sample("resize, bilinear", "resize", (s) =>
    s.add("resize", "layer", ["input"], resizing("bilinear")),
  ),
  sample("resize, corners aligned", "resize", (s) =>
    s.add("resize", "layer", ["input"], {
      ...{ ...resizing("bilinear"), coordinates: "alignCorners", size: [7, 9], scale: null },
    }),
  ),
  sample("pixel shuffle", "depthToSpace", (s) =>
    s.add("depthToSpace", "layer", ["input"], { block: 2, order: "CRD" }),
  ),
  sample("pixel unshuffle", "spaceToDepth", (s) =>
    s.add("spaceToDepth", "layer", ["input"], { block: 2, order: "CRD" }),
  ),
  sample("channel shuffle", "channelShuffle", (s) =>
    s.add("channelShuffle", "layer", ["input"], { groups: 2 }),
  ),
  sample("slice, split", "narrow", (s) =>
    s.add("narrow", "layer", ["input"], { dim: 1, start: 1, end: 5 }),
  ),
  sample("sum", "add", (s) => s.add("add", "layer", ["input", beside(s)], {})),
  sample("product", "mul", (s) => s.add("mul", "layer", ["input", beside(s)], {})),
  sample("concatenation", "concat", (s) => s.add("concat", "layer", ["input", beside(s)], {})),
  sample("quotient", "div", (s) => s.add("div", "layer", ["input", beside(s)], {})),
  sample("power", "pow", (s) => s.add("pow", "layer", [beside(s)], { exponent: 1.5 })),
  sample("product of matrices", "matmul", (s) => {
    const turned = s.add("permute", "branch", ["input"], { order: [0, 2, 1] });
    return s.add("matmul", "layer", ["input", turned], {});
  }),
  sample("permutation", "permute", (s) =>
    s.add("permute", "layer", ["input"], { order: [1, 0, 2] }),
  ),
  ...(["sum", "mean", "max", "min", "l2"] as const).map((kind) =>
    sample(`${kind} over some sides`, "reduce", (s) =>
      s.add("reduce", "layer", ["input"], { kind, dims: [1], keepDims: true }),
    ),
  ),
  sample("expansion", "expand", (s) => {
    const row = s.add("reduce", "branch", ["input"], { kind: "mean", dims: [1], keepDims: true });
    return s.add("expand", "layer", [row], { shape: MAP });
  }),
  sample("selection", "select", (s) =>
    s.add("select", "layer", ["input"], { dim: 1, indices: [4, 0, 0] }),
  ),
  sample("choice between two", "where", (s) => {
    const condition = s.add("relu", "branch", ["input"], {});
    return s.add("where", "layer", [condition, "input", condition], {});
  }),
  sample("class token, positions", "constant", (s) => {
    const own = s.add("constant", "layer", [], { shape: MAP, isTrained: true });
    return s.add("add", "branch", ["input", own], {});
  }),
  sample("padding with zeros", "pad", (s) =>
    s.add("pad", "layer", ["input"], { ...PADDING, mode: "constant" }),
  ),
  sample("padding with a number", "pad", (s) =>
    s.add("pad", "layer", ["input"], { ...PADDING, mode: "constant", value: 0.5 }),
  ),
  sample("padding, mirrored", "pad", (s) =>
    s.add("pad", "layer", ["input"], { ...PADDING, mode: "reflect" }),
  ),
  sample("padding, repeated", "pad", (s) =>
    s.add("pad", "layer", ["input"], { ...PADDING, mode: "replicate" }),
  ),
  sample("times and plus constants", "rescale", (s) =>
    s.add("rescale", "layer", ["input"], { scale: [0.5, 2, 3, 1], offset: [0.1] }),
  ),
];

export const layerSamples = LAYERS;
