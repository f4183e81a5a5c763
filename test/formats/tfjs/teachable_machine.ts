/** A network as Teachable Machine exports it for TF.js: a trunk that ends with pooling, and two dense layers. */

/** Its weights by name, each sin of a running number; the normalisation changes nothing but by its epsilon. */
const SHAPES = {
  "Conv1/kernel": [1, 1, 3, 4],
  "bn_Conv1/gamma": [4],
  "bn_Conv1/beta": [4],
  "dense_Dense1/kernel": [4, 5],
  "dense_Dense1/bias": [5],
  "dense_Dense2/kernel": [5, 3],
  "bn_Conv1/moving_mean": [4],
  "bn_Conv1/moving_variance": [4],
};
const CONSTANTS: Readonly<Record<string, number>> = {
  "bn_Conv1/gamma": 1,
  "bn_Conv1/beta": 0,
  "bn_Conv1/moving_mean": 0,
  "bn_Conv1/moving_variance": 1,
};
const EPSILON = 1e-3;
export const LABELS = ["Katze", "Hund", "keins"];

function weights(): Record<string, number[]> {
  let at = 0;
  return Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape]) => {
      const count = shape.reduce((a, b) => a * b, 1);
      return [name, Array.from({ length: count }, () => CONSTANTS[name] ?? Math.sin(++at))];
    }),
  );
}

const layer = (class_name: string, config: Record<string, unknown>, inbound?: string) => ({
  class_name,
  config,
  ...(inbound !== undefined && {
    name: config.name,
    inbound_nodes: inbound === "" ? [] : [[[inbound, 0, 0, {}]]],
  }),
});

const sequential = (name: string, layers: readonly unknown[]) =>
  layer("Sequential", { name, layers });

function topology(size: number) {
  const trunk = layer("Model", {
    name: "model1",
    layers: [
      layer("InputLayer", { name: "input_1", batch_input_shape: [null, size, size, 3] }, ""),
      layer(
        "Conv2D",
        { name: "Conv1", filters: 4, kernel_size: [1, 1], use_bias: false },
        "input_1",
      ),
      layer(
        "BatchNormalization",
        { name: "bn_Conv1", axis: 3, epsilon: EPSILON, momentum: 0.999 },
        "Conv1",
      ),
      layer("ReLU", { name: "out_relu", max_value: 6 }, "bn_Conv1"),
    ],
    input_layers: [["input_1", 0, 0]],
    output_layers: [["out_relu", 0, 0]],
  });
  const pooled = [trunk, layer("GlobalAveragePooling2D", { name: "global_average_pooling2d_1" })];
  const dense = [
    layer("Dense", {
      name: "dense_Dense1",
      units: 5,
      activation: "relu",
      batch_input_shape: [null, 4],
    }),
    layer("Dense", { name: "dense_Dense2", units: 3, activation: "softmax", use_bias: false }),
  ];
  return sequential("sequential_4", [
    sequential("sequential_1", pooled),
    sequential("sequential_3", dense),
  ]);
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** The three files that a browser downloads. */
export function teachableMachine(size = 8): Record<string, Uint8Array> {
  const values = weights();
  return {
    "model.json": json({
      modelTopology: {
        ...topology(size),
        keras_version: "tfjs-layers 1.3.1",
        backend: "tensor_flow.js",
      },
      weightsManifest: [
        {
          paths: ["./weights.bin"],
          weights: Object.entries(SHAPES).map(([name, shape]) => ({
            name,
            shape,
            dtype: "float32",
          })),
        },
      ],
    }),
    "weights.bin": new Uint8Array(Float32Array.from(Object.values(values).flat()).buffer),
    "metadata.json": json({
      tfjsVersion: "1.3.1",
      tmVersion: "2.4.7",
      packageVersion: "0.8.4-alpha2",
      packageName: "@teachablemachine/image",
      timeStamp: "2021-02-03T04:05:06.789Z",
      userMetadata: {},
      modelName: "tm-my-image-model",
      labels: LABELS,
      imageSize: size,
    }),
  };
}

/** What it gives for a picture of one colour, before the softmax. */
export function teachableLogits(pixel: readonly number[]): number[] {
  const values = weights();
  const times = (
    input: readonly number[],
    name: keyof typeof SHAPES,
    bias: readonly number[] = [],
  ) => {
    const outputs = SHAPES[name].at(-1)!;
    return Array.from({ length: outputs }, (_, out) =>
      input.reduce((sum, x, i) => sum + x * values[name]![i * outputs + out]!, bias[out] ?? 0),
    );
  };
  const scaled = pixel.map((value) => value / 127 - 1);
  const features = times(scaled, "Conv1/kernel").map((value) =>
    Math.min(6, Math.max(0, value / Math.sqrt(1 + EPSILON))),
  );
  const hidden = times(features, "dense_Dense1/kernel", values["dense_Dense1/bias"]);
  return times(
    hidden.map((value) => Math.max(0, value)),
    "dense_Dense2/kernel",
  );
}
