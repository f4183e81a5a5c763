/** TF.js models of layers and operators that resize, cut and rearrange maps, and over signals. All weights are sin(i). */

export type ModelFiles = Readonly<Record<string, Uint8Array>>;

const FLOAT = { T: { type: "DT_FLOAT" } };

interface Weights {
  readonly [name: string]: readonly number[];
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const encode = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

function sines(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i));
}

export function layersModel(
  input: readonly number[],
  layers: readonly [string, object][],
  weights: Weights,
) {
  const specs = Object.entries(weights).map(([name, shape]) => ({ name, shape, dtype: "float32" }));
  const configs = layers.map(([class_name, config], i) => ({
    class_name,
    config: i === 0 ? { ...config, batch_input_shape: [null, ...input] } : config,
  }));
  const data = sines(specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  return {
    "model.json": encode({
      format: "layers-model",
      modelTopology: { class_name: "Sequential", config: { name: "model", layers: configs } },
      weightsManifest: [{ paths: ["w.bin"], weights: specs }],
    }),
    "w.bin": new Uint8Array(data.buffer),
  };
}

/** Layers over signals. Input 12×2 → 3. */
export function signalLayers(): ModelFiles {
  return layersModel(
    [12, 2],
    [
      [
        "Conv1D",
        {
          ...{ name: "c1", filters: 3, kernel_size: [3], strides: [2], padding: "same" },
          ...{ dilation_rate: [1], activation: "relu", use_bias: true },
        },
      ],
      ["BatchNormalization", { name: "bn", axis: 2, epsilon: 1.5, center: true, scale: false }],
      [
        "Conv1D",
        {
          ...{ name: "c2", filters: 4, kernel_size: 2, strides: 1, padding: "valid" },
          ...{ dilation_rate: [2], activation: "linear", use_bias: false },
        },
      ],
      ["MaxPooling1D", { name: "max", pool_size: [2], strides: [2], padding: "same" }],
      ["AveragePooling1D", { name: "avg", pool_size: [2], strides: [1], padding: "valid" }],
      ["Flatten", { name: "flat" }],
      ["Dense", { name: "d", units: 3, activation: "linear", use_bias: false }],
    ],
    {
      "c1/kernel": [3, 2, 3],
      "c1/bias": [3],
      "bn/beta": [3],
      "bn/moving_mean": [3],
      "bn/moving_variance": [3],
      "c2/kernel": [2, 3, 4],
      "d/kernel": [4, 3],
    },
  );
}

/** Layers that make maps larger. Input 3×4×2 → 7×8×2. */
export function decoderLayers(): ModelFiles {
  const common = { data_format: "channels_last", activation: "linear", use_bias: true };
  return layersModel(
    [3, 4, 2],
    [
      [
        "Conv2DTranspose",
        {
          name: "t1",
          filters: 3,
          kernel_size: [3, 3],
          strides: [2, 2],
          padding: "same",
          ...common,
        },
      ],
      [
        "Conv2DTranspose",
        {
          name: "t2",
          filters: 2,
          kernel_size: [2, 3],
          strides: [1, 1],
          padding: "valid",
          ...common,
        },
      ],
      ["UpSampling2D", { name: "up", size: [2, 2], interpolation: "nearest" }],
      [
        "Cropping2D",
        {
          ...{ name: "crop", data_format: "channels_last" },
          cropping: [
            [3, 4],
            [5, 7],
          ],
        },
      ],
    ],
    { "t1/kernel": [3, 3, 3, 2], "t1/bias": [3], "t2/kernel": [2, 3, 2, 3], "t2/bias": [2] },
  );
}

export const node = (name: string, op: string, input: readonly string[], attr: object = {}) => ({
  name,
  op,
  ...(input.length > 0 ? { input } : {}),
  attr: { ...attr, ...FLOAT },
});
export const s = (text: string) => ({ s: btoa(text) });
export const ints = (...values: readonly number[]) => ({ list: { i: values.map(String) } });
export const shape = (...sides: readonly number[]) => ({
  shape: { dim: sides.map((size) => ({ size: String(size) })) },
});
export const window = (stride: number, padding: string) => ({
  strides: ints(1, stride, stride, 1),
  dilations: ints(1, 1, 1, 1),
  data_format: s("NHWC"),
  padding: s(padding),
});

export function graphModel(
  nodes: readonly ReturnType<typeof node>[],
  weights: Weights,
  lists: Readonly<Record<string, readonly number[]>>,
): ModelFiles {
  const specs = [
    ...Object.entries(weights).map(([name, sides]) => ({ name, shape: sides, dtype: "float32" })),
    ...Object.entries(lists).map(([name, values]) => ({
      ...{ name, dtype: "int32" },
      shape: name.startsWith("axis") ? [] : [values.length],
    })),
  ];
  const floats = sines(Object.values(weights).reduce((sum, sides) => sum + sizeOf(sides), 0));
  const integers = Int32Array.from(Object.values(lists).flat());
  const constants = specs.map(({ name, dtype }) => ({
    ...{ name, op: "Const" },
    attr: { dtype: { type: dtype === "int32" ? "DT_INT32" : "DT_FLOAT" } },
  }));
  const bytes = [floats, integers].flatMap((data) => [...new Uint8Array(data.buffer)]);
  return {
    "model.json": encode({
      format: "graph-model",
      modelTopology: { node: [...constants, ...nodes], versions: { producer: 1 } },
      signature: { outputs: { y: { name: "y:0" } } },
      weightsManifest: [{ paths: ["w.bin"], weights: specs }],
    }),
    "w.bin": Uint8Array.from(bytes),
  };
}

/** Operators that resize, cut and rearrange maps. Input 3×4×4 → 6×8×12. */
export function rearrangingGraph(): ModelFiles {
  const size = { T: { type: "DT_INT32" } };
  return graphModel(
    [
      node("x", "Placeholder", [], { shape: shape(-1, 3, 4, 4) }),
      node("t", "Conv2DBackpropInput", ["tsize", "w", "x"], window(2, "SAME")),
      node("t/bias", "BiasAdd", ["t", "b"]), // 6×8×3
      node("near", "ResizeNearestNeighbor", ["x", "size"], { half_pixel_centers: { b: true } }),
      node("corners", "ResizeBilinear", ["near", "size2"], { align_corners: { b: true } }),
      node("lin", "ResizeBilinear", ["corners", "size"], { half_pixel_centers: { b: true } }),
      node("d", "DepthToSpace", ["x"], { block_size: { i: "2" }, data_format: s("NHWC") }), // 6×8×1
      node("parts", "Split", ["axisC", "lin"], { num_split: { i: "2" } }),
      node("cut", "StridedSlice", ["near", "begin", "end", "steps"], {
        ...{ begin_mask: { i: "7" }, end_mask: { i: "7" }, Index: size.T },
      }), // 6×8×2
      node("split", "Reshape", ["lin", "grouped"]),
      node("moved", "Transpose", ["split", "perm"]),
      node("shuffled", "Reshape", ["moved", "joined"]),
      node("y", "ConcatV2", ["t/bias", "parts:1", "cut", "d", "shuffled", "axisC"], {
        N: { i: "5" },
      }),
    ],
    { w: [3, 3, 3, 4], b: [3] },
    {
      tsize: [1, 6, 8, 3],
      size: [6, 8],
      size2: [5, 7],
      axisC: [3],
      begin: [0, 0, 0, 1],
      end: [0, 0, 0, 3],
      steps: [1, 1, 1, 1],
      grouped: [-1, 6, 8, 2, 2],
      perm: [0, 1, 2, 4, 3],
      joined: [-1, 6, 8, 4],
    },
  );
}

/** A signal as Keras's layers become operators. Input 10×2 → 2. */
export function signalGraph(): ModelFiles {
  return graphModel(
    [
      node("x", "Placeholder", [], { shape: shape(-1, 10, 2) }),
      node("row", "ExpandDims", ["x", "axisRow"]),
      node("conv", "Conv2D", ["row", "w"], window(1, "VALID")),
      node("conv/signal", "Squeeze", ["conv"], { squeeze_dims: ints(1) }), // 8×3
      node("conv/bias", "BiasAdd", ["conv/signal", "b"]),
      node("relu", "Relu", ["conv/bias"]),
      node("column", "ExpandDims", ["relu", "axisColumn"]),
      node("max", "MaxPool", ["column"], {
        ...{ ksize: ints(1, 2, 1, 1), strides: ints(1, 2, 1, 1), padding: s("VALID") },
      }),
      node("max/signal", "Squeeze", ["max"], { squeeze_dims: ints(2) }), // 4×3
      node("mean", "Mean", ["max/signal", "axes"], { keep_dims: { b: false } }),
      node("y", "MatMul", ["mean", "dense"]),
    ],
    { w: [1, 3, 2, 3], b: [3], dense: [3, 2] },
    { axisRow: [1], axisColumn: [2], axes: [1] },
  );
}
