import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { writeTfjs } from "../../../src/formats/tfjs/write.ts";
import { everything, Sketch, tensorsOf, waves } from "../graph_samples.ts";
import { memoryFiles } from "../graph_support.ts";
import { interpret } from "../interpret.ts";

/** Where the benchmark keeps the peers it measures against: TF.js itself is the judge when it is installed. */
const TFJS = new URL(
  "../../../bench/peers/node_modules/@tensorflow/tfjs/dist/tf.node.js",
  import.meta.url,
);

function read(files: Record<string, Uint8Array>) {
  return readTfjs(files["model.json"], memoryFiles(files, "model.json"));
}

describe("writeTfjs", () => {
  it("writes every op so that the network computes the same", async () => {
    const { graph, weights } = everything();
    const files = writeTfjs(graph, weights);
    expect(Object.keys(files)).toEqual(["model.json", "group1-shard1of1.bin"]);
    const file = await read(files);
    const image = waves(graph.inputShape);
    const [before] = interpret(graph, tensorsOf(weights), image);
    const [after] = interpret(requireArchitecture(file), file.tensors, image);
    expect(after).toHaveLength(5);
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i], 6);
    });
    expect(file.graph!.classes).toEqual(["a", "b", "c", "d", "é"]);
  });

  it("says that TF.js has no grouped convolution", () => {
    const s = new Sketch([4, 5, 5]);
    s.conv("conv", "input", 4, 4, { groups: 2 });
    expect(() => writeTfjs(s.finish(["conv"]), s.weights)).toThrow(
      /conv \(conv2d\): TensorFlow.js has no convolution in 2 groups/,
    );
    const t = new Sketch([4, 5, 5]);
    t.add("groupNorm", "norm", ["input"], { numGroups: 2, numChannels: 4, eps: 1e-5 });
    expect(() => writeTfjs(t.finish(["norm"]), t.weights)).toThrow(
      /norm \(groupNorm\): TensorFlow.js has no GroupNormalization/,
    );
  });

  it.skipIf(!existsSync(TFJS))(
    "writes what TF.js loads, and computes the same with",
    { timeout: 60_000 },
    async () => {
      const tf = await import(TFJS.href);
      const { graph, weights } = everything();
      const files = writeTfjs(graph, weights);
      const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
      const model = await tf.loadLayersModel({
        load: async () => ({
          modelTopology: json.modelTopology,
          weightSpecs: json.weightsManifest[0].weights,
          weightData: files["group1-shard1of1.bin"].slice().buffer,
        }),
      });
      const input = Float32Array.from({ length: 3 * 15 * 14 }, (_, i) => Math.sin(0.1 * i));
      const output = model.predict(tf.tensor4d(input, [1, 15, 14, 3]));
      const [expected] = interpret(graph, tensorsOf(weights), waves(graph.inputShape));
      Array.from(output.dataSync() as Float32Array).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    },
  );
});
