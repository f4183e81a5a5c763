import { existsSync } from "node:fs";

/** Where the benchmark keeps the peers it measures against: TF.js itself is the judge when it is installed. */
const TFJS = new URL(
  "../../bench/peers/node_modules/@tensorflow/tfjs/dist/tf.node.js",
  import.meta.url,
);

export const hasTfjs = existsSync(TFJS);

/** What TF.js computes with a layers model in memory from an image in NCHW. */
export async function runTfjs(
  files: Readonly<Record<string, Uint8Array>>,
  image: Float32Array,
  [channels, height, width]: readonly number[],
): Promise<number[]> {
  const tf = await import(TFJS.href);
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const shards = json.weightsManifest[0].paths.map((path: string) => files[path]);
  const model = await tf.loadLayersModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0].weights,
      weightData: new Uint8Array(Buffer.concat(shards)).buffer,
    }),
  });
  const input = tf.transpose(tf.tensor(image, [1, channels, height, width]), [0, 2, 3, 1]);
  return Array.from(model.predict(input).dataSync() as Float32Array);
}
