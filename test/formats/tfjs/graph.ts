type Attributes = Readonly<Record<string, unknown>>;

const FLOAT = { T: { type: "DT_FLOAT" } };

function node(name: string, op: string, input: readonly string[], attr: Attributes) {
  return { name, op, ...(input.length > 0 ? { input } : {}), attr };
}

const s = (text: string) => ({ s: btoa(text) });
const list = (...values: readonly number[]) => ({ list: { i: values.map(String) } });
const shape = (...sides: readonly number[]) => ({
  shape: { dim: sides.map((size) => ({ size: String(size) })) },
});

function window(stride: number) {
  return {
    strides: list(1, stride, stride, 1),
    dilations: list(1, 1, 1, 1),
    data_format: s("NHWC"),
    ...FLOAT,
  };
}

/** What graphs of TensorFlow 1 hold beside the network: a switch, a check, an initialiser, and the best class. */
const STRAY = [
  node("keep_prob", "Placeholder", [], { shape: shape(), ...FLOAT }),
  node("best", "ArgMax", ["dense/bias", "axis"], FLOAT),
  node("best/out", "Identity", ["best"], FLOAT),
  node("check", "Assert", ["best"], FLOAT),
  node("init", "NoOp", [], {}),
];

export interface GraphOptions {
  /** Names of the outputs in the signature; null for none. */
  readonly outputs?: readonly string[] | null;
  /** Whether nodes stand beside the network that it doesn't need. */
  readonly hasStray?: boolean;
}

/** A small TF.js graph model in memory, as the converter writes them. Input 9×8×3, output 4 classes. */
export function graphModel({ outputs = ["Identity"], hasStray = false }: GraphOptions = {}): {
  json: Uint8Array;
  shards: Record<string, Uint8Array>;
} {
  const nodes = [
    node("x", "Placeholder", [], { shape: shape(-1, 9, 8, 3), ...FLOAT }),
    ...[
      "pads",
      "w1",
      "b1",
      "w2",
      "gamma",
      "beta",
      "mean",
      "variance",
      "w3",
      "b3",
      "axis",
      "factor",
      "minusOne",
      "w4",
      "b4",
      "zero",
      "one",
      "spatial",
    ].map((name) => node(name, "Const", [], FLOAT)),
    node("pad", "Pad", ["x", "pads"], FLOAT),
    node("conv", "Conv2D", ["pad", "w1"], { ...window(2), padding: s("VALID") }),
    node("conv/bias", "BiasAdd", ["conv", "b1"], FLOAT),
    node("relu6", "Relu6", ["conv/bias"], FLOAT),
    node("depthwise", "DepthwiseConv2dNative", ["relu6", "w2"], {
      ...window(1),
      padding: s("SAME"),
    }),
    node("norm", "FusedBatchNormV3", ["depthwise", "gamma", "beta", "mean", "variance"], {
      epsilon: { f: 0.001 },
      ...FLOAT,
    }),
    node("fused", "_FusedConv2D", ["norm", "w3", "b3"], {
      ...window(1),
      padding: s("SAME"),
      fused_ops: { list: { s: [btoa("BiasAdd"), btoa("Relu")] } },
      num_args: { i: "1" },
      epsilon: { f: 0 },
    }),
    node("pool", "MaxPool", ["fused"], {
      ...window(1),
      padding: s("SAME"),
      ksize: list(1, 3, 3, 1),
    }),
    node("residual", "AddV2", ["pool", "norm"], FLOAT),
    node("scaled", "Mul", ["residual", "factor"], FLOAT),
    node("all", "ConcatV2", ["scaled", "relu6", "axis"], { N: { i: "2" }, ...FLOAT }),
    node("average", "AvgPool", ["all"], {
      ...window(2),
      padding: s("SAME"),
      ksize: list(1, 2, 2, 1),
    }),
    node("shape", "Shape", ["average"], FLOAT),
    node("batch", "StridedSlice", ["shape", "zero", "one", "one"], {
      shrink_axis_mask: { i: "1" },
      ...FLOAT,
    }),
    node("target", "Pack", ["batch", "minusOne"], { axis: { i: "0" }, N: { i: "2" }, ...FLOAT }),
    node("flat", "Reshape", ["average", "target"], FLOAT),
    node("mean/pool", "Mean", ["all", "spatial"], { keep_dims: { b: false }, ...FLOAT }),
    node("joined", "ConcatV2", ["flat", "mean/pool", "one"], { N: { i: "2" }, ...FLOAT }),
    node("dense", "MatMul", ["joined", "w4"], {
      transpose_a: { b: false },
      transpose_b: { b: false },
      ...FLOAT,
    }),
    node("dense/bias", "AddV2", ["dense", "b4"], FLOAT),
    node("classes", "Softmax", ["dense/bias"], FLOAT),
    node("Identity", "Identity", ["classes"], FLOAT),
  ];
  const weights: readonly (readonly [string, readonly number[], (readonly number[])?])[] = [
    ["w1", [3, 3, 3, 4]],
    ["b1", [4]],
    ["w2", [3, 3, 4, 2]],
    ["gamma", [8]],
    ["beta", [8]],
    ["mean", [8]],
    ["variance", [8], [1, 2, 3, 4, 5, 6, 7, 8]],
    ["w3", [1, 1, 8, 8]],
    ["b3", [8]],
    ["factor", [8]],
    ["w4", [60, 4]],
    ["b4", [4]],
  ];
  const integers: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    ["pads", [4, 2], [0, 0, 1, 0, 0, 1, 0, 0]],
    ["axis", [], [3]],
    ["minusOne", [], [-1]],
    ["zero", [1], [0]],
    ["one", [1], [1]],
    ["spatial", [2], [1, 2]],
  ];
  const floats = weights.flatMap(([, sides, values], w) => {
    const count = sides.reduce((product, side) => product * side, 1);
    return values ?? Array.from({ length: count }, (_, i) => Math.sin(i + w) / 2);
  });
  const json = {
    format: "graph-model",
    generatedBy: "2.9.0",
    convertedBy: "TensorFlow.js Converter v4.0.0",
    ...(outputs && {
      signature: {
        outputs: Object.fromEntries(outputs.map((name, i) => [i, { name: `${name}:0` }])),
      },
    }),
    modelTopology: {
      node: hasStray ? [...STRAY, ...nodes] : nodes,
      library: {},
      versions: { producer: 1087 },
    },
    weightsManifest: [
      {
        paths: ["w.bin"],
        weights: [
          ...weights.map(([name, sides]) => ({ name, shape: sides, dtype: "float32" })),
          ...integers.map(([name, sides]) => ({ name, shape: sides, dtype: "int32" })),
        ],
      },
    ],
  };
  const bytes = [
    ...new Uint8Array(Float32Array.from(floats).buffer),
    ...new Uint8Array(Int32Array.from(integers.flatMap(([, , values]) => values)).buffer),
  ];
  return {
    json: new TextEncoder().encode(JSON.stringify(json)),
    shards: { "w.bin": Uint8Array.from(bytes) },
  };
}
