/**
 * A Teachable Machine export, made as Teachable Machine makes it, with TF.js: MobileNet's trunk, pooled, and two dense
 * layers, trained on three kinds of flowers. The trunk's weights are Google's and not written: `weights.bin` is what
 * the head has, and the test puts the trunk's in front (../teachable_machine.ts).
 *
 *     npm install --prefix bench/peers && node test/finetune/golden/make_teachable_machine.mjs ../shared/data
 *
 * with MobileNet v1 0.25 for TF.js in weights/mobilenet_v1_025_224_tfjs and photos_flowers_small below that folder.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import * as tf from "../../../bench/peers/node_modules/@tensorflow/tfjs/dist/tf.node.js";

const [data = "../shared/data"] = process.argv.slice(2);
const SIZE = 224;
const LABELS = ["daisy", "rose", "sunflower"];
const WIDTHS = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
const STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1];

/** MobileNet v1 0.25 up to its last map, with Keras' names. */
function trunk() {
  const input = tf.input({ shape: [SIZE, SIZE, 3], name: "input_1" });
  let x = input;
  const add = (name, layer) => {
    x = layer.apply(x);
    x = tf.layers
      .batchNormalization({ name: `${name}_bn`, epsilon: 1e-3, momentum: 0.99 })
      .apply(x);
    x = tf.layers.reLU({ name: `${name}_relu`, maxValue: 6 }).apply(x);
  };
  const same = { padding: "same", useBias: false };
  add("conv1", tf.layers.conv2d({ name: "conv1", filters: 8, kernelSize: 3, strides: 2, ...same }));
  WIDTHS.forEach((width, i) => {
    const [dw, pw] = [`conv_dw_${i + 1}`, `conv_pw_${i + 1}`];
    add(dw, tf.layers.depthwiseConv2d({ name: dw, kernelSize: 3, strides: STRIDES[i], ...same }));
    add(pw, tf.layers.conv2d({ name: pw, filters: width / 4, kernelSize: 1, ...same }));
  });
  return tf.model({ inputs: input, outputs: x, name: "model1" });
}

function published() {
  const folder = join(data, "weights/mobilenet_v1_025_224_tfjs");
  const { weightsManifest } = JSON.parse(
    readFileSync(join(folder, "mobilenet_model.json"), "utf8"),
  );
  const tensors = new Map();
  for (const { paths, weights } of weightsManifest) {
    const bytes = new Uint8Array(
      Buffer.concat(paths.map((path) => readFileSync(join(folder, path)))),
    );
    let at = 0;
    for (const { name, shape } of weights) {
      const size = shape.reduce((a, b) => a * b, 1);
      tensors.set(name, tf.tensor(new Float32Array(bytes.buffer, 4 * at, size), shape));
      at += size;
    }
  }
  return tensors;
}

/** Cropped to a square, and scaled to −1..1 as @teachablemachine/image does. */
async function photo(path) {
  const { data: rgb } = await sharp(path)
    .resize(SIZE, SIZE, { fit: "cover" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return tf.tensor(new Float32Array(rgb), [1, SIZE, SIZE, 3]).div(127).sub(1);
}

async function features(model, part, count) {
  const [xs, ys] = [[], []];
  for (const [label, name] of LABELS.entries()) {
    const folder = join(data, "photos_flowers_small", part, name);
    for (const file of readdirSync(folder).sort().slice(0, count)) {
      const image = await photo(join(folder, file));
      xs.push(model.predict(image));
      ys.push(label);
    }
  }
  return { xs: tf.concat(xs), ys: tf.oneHot(tf.tensor1d(ys, "int32"), LABELS.length) };
}

/** A picture made of sines, which needs no resizing. */
function waves() {
  const pixels = Float32Array.from({ length: SIZE * SIZE * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)];
    return Math.round(127.5 + 127 * Math.sin(0.05 * (c + 1) * x + 0.031 * y * (3 - c)));
  });
  return tf.tensor(pixels, [1, SIZE, SIZE, 3]).div(127).sub(1);
}

const mobilenet = trunk();
const weights = published();
for (const layer of mobilenet.layers) {
  const names = layer.weights.map(({ originalName }) => originalName);
  if (names.length > 0) layer.setWeights(names.map((name) => weights.get(name)));
}
const base = tf.sequential({ name: "sequential_1" });
base.add(mobilenet);
base.add(
  tf.layers.globalAveragePooling2d({ name: "global_average_pooling2d_GlobalAveragePooling2D1" }),
);

const init = (seed) => tf.initializers.varianceScaling({ seed });
const head = tf.sequential({ name: "sequential_3" });
head.add(
  tf.layers.dense({
    ...{ name: "dense_Dense1", inputShape: [256], units: 100, activation: "relu" },
    kernelInitializer: init(1),
  }),
);
head.add(
  tf.layers.dense({
    ...{ name: "dense_Dense2", units: LABELS.length, activation: "softmax", useBias: false },
    kernelInitializer: init(2),
  }),
);
head.compile({
  optimizer: tf.train.adam(1e-3),
  loss: "categoricalCrossentropy",
  metrics: ["accuracy"],
});
const { xs, ys } = await features(base, "train", 25);
const { history } = await head.fit(xs, ys, {
  epochs: 50,
  batchSize: 16,
  shuffle: false,
  verbose: 0,
});
console.log("trained", history.acc.at(-1));

const model = tf.sequential({ name: "sequential_4" });
model.add(base);
model.add(head);
const here = new URL("teachable_machine/", import.meta.url);
const write = (name, content) => writeFileSync(new URL(name, here), content);
await model.save({
  async save({ modelTopology, weightSpecs, weightData }) {
    const manifest = [{ paths: ["./weights.bin"], weights: weightSpecs }];
    write("model.json", `${JSON.stringify({ modelTopology, weightsManifest: manifest })}\n`);
    const own = [];
    let at = 0;
    for (const { name, shape } of weightSpecs) {
      const size = 4 * shape.reduce((a, b) => a * b, 1);
      if (name.startsWith("dense")) own.push(new Uint8Array(weightData, at, size));
      at += size;
    }
    write("weights.bin", Buffer.concat(own));
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
  },
});
write(
  "metadata.json",
  `${JSON.stringify({
    tfjsVersion: tf.version.tfjs,
    tmVersion: "2.4.7",
    packageVersion: "0.8.4-alpha2",
    packageName: "@teachablemachine/image",
    userMetadata: {},
    modelName: "tm-my-image-model",
    labels: LABELS,
    imageSize: SIZE,
  })}\n`,
);
write("labels.txt", `${LABELS.map((label, i) => `${i} ${label}`).join("\n")}\n`);
const probabilities = Array.from(model.predict(waves()).dataSync());
write("waves.json", `${JSON.stringify(probabilities)}\n`);
console.log("waves", probabilities);
