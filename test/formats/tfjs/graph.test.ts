import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { fuzz } from "../fuzz.ts";
import { waves } from "../graph_samples.ts";
import { memoryFiles } from "../graph_support.ts";
import { interpret } from "../interpret.ts";
import { type GraphOptions, graphModel } from "./graph.ts";

const TFJS = new URL(
  "../../../bench/peers/node_modules/@tensorflow/tfjs/dist/tf.node.js",
  import.meta.url,
);

/** What @tensorflow/tfjs 4.22 computes for the picture whose element i is sin(0.1 i). */
const GOLDEN: readonly number[] = [0.12938526, 0.1519137, 0.27475607, 0.44394496];

function read(change: (text: string) => string = (text) => text, options: GraphOptions = {}) {
  const { json, shards } = graphModel(options);
  const changed = new TextEncoder().encode(change(new TextDecoder().decode(json)));
  return readTfjs(changed, memoryFiles({ ...shards }, "model.json"));
}

describe("TF.js graph models", () => {
  it("describes the network", async () => {
    const file = await read();
    expect(file.format).toBe("tfjs-graph");
    const { nodes, inputShape, outputs } = requireArchitecture(file);
    expect(inputShape).toEqual([3, 9, 8]);
    expect(outputs).toEqual(["classes"]);
    expect(nodes.map(({ op }) => op).join(" ")).toBe(
      "input pad conv2d relu6 conv2d batchNorm conv2d relu maxPool2d add rescale concat avgPool2d globalAvgPool flatten concat linear softmax",
    );
    expect(file.tensors.get("conv.weight")).toMatchObject({
      shape: [4, 3, 3, 3],
      originalName: "w1",
    });
    expect(file.tensors.get("conv.bias")!.originalName).toBe("b1");
    expect(file.tensors.get("depthwise.weight")!.shape).toEqual([8, 1, 3, 3]);
    expect(file.tensors.get("dense.bias")!.originalName).toBe("b4");
  });

  it("computes what TF.js computes", async () => {
    const file = await read();
    const [output] = interpret(requireArchitecture(file), file.tensors, waves([3, 9, 8]));
    expect(output).toHaveLength(GOLDEN.length);
    GOLDEN.forEach((value, i) => {
      expect(output[i]).toBeCloseTo(value, 6);
    });
  });

  it.skipIf(!existsSync(TFJS))(
    "is a model that TF.js loads, with these results",
    { timeout: 60_000 },
    async () => {
      const tf = await import(TFJS.href);
      const { json, shards } = graphModel();
      const model = JSON.parse(new TextDecoder().decode(json));
      const loaded = await tf.loadGraphModel({
        load: async () => ({
          modelTopology: model.modelTopology,
          weightSpecs: model.weightsManifest[0].weights,
          weightData: shards["w.bin"].slice().buffer,
          signature: model.signature,
        }),
      });
      const input = Float32Array.from({ length: 216 }, (_, i) => Math.sin(0.1 * i));
      const output: Float32Array = loaded.predict(tf.tensor4d(input, [1, 9, 8, 3])).dataSync();
      GOLDEN.forEach((value, i) => {
        expect(output[i]).toBeCloseTo(value, 6);
      });
    },
  );

  it.each([
    ["the signature names", undefined, "classes", 0],
    ["nobody takes", null, "classes", 1],
    ["tells the best class, beside the scores", ["best/out", "Identity"], "classes", 1],
    ["tells the best class alone", ["best/out"], "dense", 1],
    ["is the best class itself", ["best"], "dense", 1],
  ])("passes over what the output that %s doesn't need", async (_, outputs, output, notes) => {
    const file = await read(undefined, { outputs, hasStray: true });
    const graph = requireArchitecture(file);
    expect(graph.outputs).toEqual([output]);
    const [found] = interpret(graph, file.tensors, waves([3, 9, 8]));
    const sum = found.reduce((total, value) => total + Math.exp(value), 0);
    GOLDEN.forEach((value, i) => {
      expect(output === "classes" ? found[i] : Math.exp(found[i]) / sum).toBeCloseTo(value, 6);
    });
    const note =
      /^The output "best(\/out)?" tells the number of the best class and was left out\.$/;
    expect(file.notes.filter((text) => note.test(text))).toHaveLength(notes);
    expect(file.notes).toHaveLength(notes);
  });

  it("takes what is added behind a fused activation for no bias, and reads LogSoftmax", async () => {
    const file = await read((text) =>
      text
        .replace('"input":["norm","w3","b3"]', '"input":["norm","w3"]')
        .replace(`["${btoa("BiasAdd")}","${btoa("Relu")}"]`, `["${btoa("Relu")}"]`)
        .replace('"op":"MaxPool","input":["fused"]', '"op":"AddV2","input":["fused","b3"]')
        .replace('"op":"Softmax"', '"op":"LogSoftmax"'),
    );
    const ops = requireArchitecture(file).nodes.map(({ op }) => op);
    expect(ops.slice(6, 10)).toEqual(["conv2d", "relu", "rescale", "add"]);
    expect(ops.at(-1)).toBe("logSoftmax");
    expect(file.tensors.has("fused.weight")).toBe(true);
    expect(file.tensors.has("fused.bias")).toBe(false);
  });

  it("reads PReLU, by itself and fused behind the bias", async () => {
    const file = await read((text) =>
      text
        .replace('"op":"Relu6","input":["conv/bias"]', '"op":"Prelu","input":["conv/bias","b1"]')
        .replace('"input":["norm","w3","b3"]', '"input":["norm","w3","b3","gamma"]')
        .replace(`"${btoa("Relu")}"`, `"${btoa("Prelu")}"`),
    );
    const prelus = requireArchitecture(file).nodes.filter(({ op }) => op === "prelu");
    expect(prelus.map(({ name, attrs }) => [name, attrs])).toEqual([
      ["relu6", { numParameters: 4 }],
      ["fused_prelu", { numParameters: 8 }],
    ]);
    expect(file.tensors.get("fused_prelu.weight")!.originalName).toBe("gamma");
    const perPixel = await read((text) =>
      text.replace('"op":"Relu6","input":["conv/bias"]', '"op":"Prelu","input":["conv/bias","w3"]'),
    );
    expect(perPixel.graphError!.message).toContain(
      "relu6 (Prelu): slopes that differ within a channel aren't supported",
    );
  });

  it.each([
    ["LRN", "localResponseNorm", { size: 11, alpha: 11, beta: 0.5, k: 1 }],
    ["Neg", "rescale", { scale: [-1], offset: [0] }],
    ["Square", "mul", {}],
    ["Softplus", "softplus", {}],
    ["Exp", "exp", {}],
  ])("reads %s", async (operation, op, attrs) => {
    const file = await read((text) => text.replace('"op":"Relu6"', `"op":"${operation}"`));
    const { nodes } = requireArchitecture(file);
    expect(nodes.find(({ name }) => name === "relu6")).toMatchObject({ op, attrs });
  });

  it("lists what it can't build", async () => {
    const file = await read((text) =>
      text
        .replace('"op":"Softmax"', '"op":"MatrixInverse"')
        .replace('"op":"Relu6"', '"op":"TopKV2"')
        .replace(`{"s":"${btoa("VALID")}"}`, `{"s":"${btoa("?")}"}`),
    );
    expect(() => requireArchitecture(file)).toThrow(
      /3 layers can't be built:\n {2}conv \(Conv2D\): its strides.*\n {2}relu6 \(TopKV2\): .*\n {2}classes \(MatrixInverse\): this operator isn't supported/,
    );
    expect(file.tensors.get("dense.weight")!.shape).toEqual([4, 60]);
  });

  it("names what is damaged", async () => {
    await expect(read((text) => text.replace("[60,4]", "[30,8]"))).rejects.toThrow(
      /layer "dense": /,
    );
    await expect(read((text) => text.replace('"op":"Placeholder"', '"op":"NoOp"'))).rejects.toThrow(
      /it has no input/,
    );
    await expect(read((text) => text.replace('"name":"conv",', ""))).rejects.toThrow(
      /node \d+ has no name or no op/,
    );
  });

  it("reads 3,000 damaged graphs or refuses them", { timeout: 120_000 }, async () => {
    const { json, shards } = graphModel();
    const report = await fuzz({
      seeds: [json],
      read: (bytes) => readTfjs(bytes, memoryFiles(shards, "model.json")),
      runs: 3_000,
    });
    expect(report.accepted).toBeGreaterThan(50);
  });
});
