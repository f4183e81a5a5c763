import { readFileSync } from "node:fs";
import { gunzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { sharedData } from "../../shared_data.ts";
import { argmax, diskSource } from "../graph_support.ts";
import { interpret } from "../interpret.ts";
import { pythonWith, runPython } from "../python.ts";

const FILE = sharedData("weights/mnist_cnn_onnx/opt-mnist.onnx");
const MNIST = sharedData("mnist");

async function load() {
  const source = diskSource(FILE!);
  return readOnnx(await source.read(), source);
}

describe.skipIf(!FILE)("the MNIST network of the ONNX model zoo", () => {
  it("describes the network", async () => {
    const { graph, notes } = await load();
    expect(notes).toEqual([]);
    expect(graph!.inputShape).toEqual([1, 28, 28]);
    expect(graph!.nodes.map(({ op }) => op).join(" ")).toBe(
      "input conv2d relu maxPool2d conv2d relu maxPool2d flatten linear",
    );
    expect(graph!.nodes[1]).toMatchObject({
      name: "Convolution28",
      attrs: { padding: "same", kernelSize: [5, 5], inChannels: 1, outChannels: 8 },
      weights: { weight: "Convolution28.weight", bias: "Convolution28.bias" },
    });
    expect(graph!.nodes[6]).toMatchObject({ attrs: { kernelSize: [3, 3], stride: [3, 3] } });
  });

  it.skipIf(!pythonWith("onnx"))("holds the values that python3-onnx reads", async () => {
    const script = `
import json, onnx
from onnx import numpy_helper
graph = onnx.load('a.onnx').graph
print(json.dumps({i.name: numpy_helper.to_array(i).ravel().tolist() for i in graph.initializer}))`;
    const files = { "a.onnx": new Uint8Array(readFileSync(FILE!)) };
    const { printed } = runPython({ module: "onnx", script, files });
    const values = printed as Record<string, number[]>;
    const { tensors } = await load();
    for (const { name, originalName, data, shape } of tensors.values()) {
      const expected = values[originalName!];
      const read = Array.from(data() as Float32Array);
      if (shape.length !== 2) expect(read, name).toEqual(expected);
      // The matrix is [in, out] in the file.
      else
        expect(read, name).toEqual(
          expected.map((_, i) => expected[(i % 256) * 10 + Math.floor(i / 256)]),
        );
    }
    expect(tensors.size).toBe(6);
  });

  it.skipIf(!MNIST)("reads handwritten digits", { timeout: 60_000 }, async () => {
    const file = await load();
    const graph = requireArchitecture(file);
    const images = gunzipSync(new Uint8Array(readFileSync(`${MNIST}/t10k-images-idx3-ubyte.gz`)));
    const labels = gunzipSync(new Uint8Array(readFileSync(`${MNIST}/t10k-labels-idx1-ubyte.gz`)));
    let right = 0;
    for (let i = 0; i < 60; i++) {
      const pixels = images.subarray(16 + i * 784, 16 + (i + 1) * 784);
      const image = {
        shape: [1, 28, 28] as const,
        data: Float64Array.from(pixels, (v) => v / 255),
      };
      const [output] = interpret(graph, file.tensors, image);
      if (argmax(output) === labels[8 + i]) right++;
    }
    expect(right).toBeGreaterThanOrEqual(58);
  });
});
