import { existsSync } from "node:fs";

/** Where the benchmark keeps the peers it measures against: TF.js itself is the judge when it is installed. */
const TFJS = new URL(
  "../../bench/peers/node_modules/@tensorflow/tfjs/dist/tf.node.js",
  import.meta.url,
);

export const hasTfjs = existsSync(TFJS);

/** What TF.js computes with a layers model in memory from images in NCHW; maps in NCHW as well. */
export async function runTfjs(
  files: Readonly<Record<string, Uint8Array>>,
  images: Float32Array,
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
  const count = images.length / (channels! * height! * width!);
  const input = tf.transpose(tf.tensor(images, [count, channels, height, width]), [0, 2, 3, 1]);
  const output = model.predict(input);
  const ours = output.rank === 4 ? tf.transpose(output, [0, 3, 1, 2]) : output;
  return Array.from(ours.dataSync() as Float32Array);
}
