/** Files as a browser downloads them: the manifest names its shard "./<model>.weights.bin". */
export function downloadedModel(name: string): Record<string, Uint8Array> {
  const { json, shards } = layersModel();
  const model = JSON.parse(new TextDecoder().decode(json));
  model.weightsManifest[0].paths = [`./${name}.weights.bin`];
  return {
    [`${name}.json`]: new TextEncoder().encode(JSON.stringify(model)),
    [`${name}.weights.bin`]: new Uint8Array([...shards["a.bin"], ...shards["b.bin"]]),
  };
}

/**
 * Convolutions in TF.js's layers format whose weights are sin(i), counted on through the file. Input 4×5×2.
 *
 * @param names of the layers, which may have "/" in them.
 * @param extra tensors behind theirs, by name.
 */
export function convolutions(
  names: readonly string[],
  extra: Readonly<Record<string, readonly number[]>> = {},
): { json: Record<string, unknown>; shards: Record<string, Uint8Array> } {
  const layers = names.map((name, i) =>
    layer("Conv2D", {
      name,
      filters: 2,
      kernel_size: [1, 1],
      ...(i === 0 ? { batch_input_shape: [null, 4, 5, 2] } : {}),
    }),
  );
  const weights = [
    ...names.flatMap((name) => [
      { name: `${name}/kernel`, shape: [1, 1, 2, 2], dtype: "float32" },
      { name: `${name}/bias`, shape: [2], dtype: "float32" },
    ]),
    ...Object.entries(extra).map(([name, shape]) => ({ name, shape, dtype: "float32" })),
  ];
  const count = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const floats = Float32Array.from({ length: count }, (_, i) => Math.sin(i));
  return {
    json: {
      format: "layers-model",
      modelTopology: { class_name: "Sequential", config: { name: "convolutions", layers } },
      weightsManifest: [{ paths: ["w.bin"], weights }],
    },
    shards: { "w.bin": new Uint8Array(floats.buffer) },
  };
}

/**
 * Weights as face-api.js has them: a list of groups, kernels quantised to bytes, no network. Each kernel's bytes are
 * 0, 1, 2, … and stand for bytes / 2 − 1; the biases are 0.5, 1.5, …
 */
export function faceApiModel(): Record<string, Uint8Array> {
  const quantization = { dtype: "uint8", scale: 0.5, min: -1 };
  const kernels = {
    "dense0/conv0/filters": [3, 3, 2, 4],
    "dense0/conv1/depthwise_filter": [3, 3, 4, 1],
    "dense0/conv1/pointwise_filter": [1, 1, 4, 5],
    "dense1/conv0/filters": [1, 1, 5, 3],
    "fc/weights": [3, 2],
  };
  const biases = { "dense0/conv0/bias": [4], "dense0/conv1/bias": [5], "fc/bias": [2] };
  const lengthOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const bytes = Object.values(kernels).flatMap((shape) =>
    Array.from({ length: lengthOf(shape) }, (_, i) => i),
  );
  const floats = Object.values(biases).flatMap(([length]) =>
    Array.from({ length }, (_, i) => i + 0.5),
  );
  const weights = [
    ...Object.entries(biases).map(([name, shape]) => ({ name, shape, dtype: "float32" })),
    ...Object.entries(kernels).map(([name, shape]) => ({
      name,
      shape,
      dtype: "float32",
      quantization,
    })),
  ];
  const manifest = [{ weights, paths: ["face_model-shard1"] }];
  return {
    "face_model-weights_manifest.json": new TextEncoder().encode(JSON.stringify(manifest)),
    "face_model-shard1": Uint8Array.from([
      ...new Uint8Array(Float32Array.from(floats).buffer),
      ...bytes,
    ]),
  };
}

/** A small TF.js layers model in memory, in two shards, one tensor of it quantised. */
export function layersModel(): { json: Uint8Array; shards: Record<string, Uint8Array> } {
  const layers = [
    layer("Conv2D", {
      name: "conv",
      batch_input_shape: [null, 6, 5, 2],
      filters: 3,
      kernel_size: [3, 3],
      activation: "relu",
    }),
    layer("BatchNormalization", { name: "norm", axis: -1, epsilon: 0.001, momentum: 0.99 }),
    layer("Flatten", { name: "flatten" }),
    layer("Dense", { name: "dense", units: 4, activation: "softmax" }),
  ];
  const text = JSON.stringify({
    format: "layers-model",
    generatedBy: "keras v2.9.0",
    convertedBy: "hand",
    modelTopology: {
      keras_version: "2.9.0",
      backend: "tensorflow",
      model_config: { class_name: "Sequential", config: { name: "small", layers } },
    },
    userDefinedMetadata: { classes: ["a", "b", "c", "d"] },
    weightsManifest: [
      {
        paths: ["a.bin", "b.bin"],
        weights: [
          { name: "conv/kernel", shape: [3, 3, 2, 3], dtype: "float32" },
          { name: "conv/bias", shape: [3], dtype: "float32" },
          { name: "norm/gamma", shape: [3], dtype: "float32" },
          { name: "norm/beta", shape: [3], dtype: "float32" },
          { name: "norm/moving_mean", shape: [3], dtype: "float32" },
          { name: "norm/moving_variance", shape: [3], dtype: "float32" },
          {
            name: "dense/kernel",
            shape: [36, 4],
            dtype: "float32",
            quantization: { dtype: "uint8", scale: 0.01, min: -1 },
          },
          { name: "dense/bias", shape: [4], dtype: "float32", quantization: { dtype: "float16" } },
        ],
      },
    ],
  });
  const bytes = weightBytes();
  return {
    json: new TextEncoder().encode(text),
    shards: { "a.bin": bytes.subarray(0, 201), "b.bin": bytes.subarray(201) },
  };
}

function layer(className: string, config: Record<string, unknown>) {
  return { class_name: className, config };
}

/** 54 + 3 + 12 float32, 144 bytes of 8 bits, and 4 halves (0.5, 1, −2, 0). */
function weightBytes(): Uint8Array {
  const floats = Float32Array.from({ length: 69 }, (_, i) => (i >= 66 ? 1 : Math.sin(i)));
  const eighths = Uint8Array.from({ length: 144 }, (_, i) => (i * 7) % 256);
  const halves = Uint16Array.of(0x3800, 0x3c00, 0xc000, 0);
  return new Uint8Array([
    ...new Uint8Array(floats.buffer),
    ...eighths,
    ...new Uint8Array(halves.buffer),
  ]);
}
