import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readKeras } from "../../../src/formats/keras/read.ts";
import { sharedData } from "../../shared_data.ts";
import { argmax, diskSource } from "../graph_support.ts";
import { interpret, type Plane } from "../interpret.ts";
import { pythonWith, runPython } from "../python.ts";

const FILE = sharedData("weights/cifar10_resnet8_mlperf_tiny/pretrainedResnet.h5");
const TEST_IMAGES = sharedData("cifar10/test_batch.first1000.bin");

async function load() {
  const source = diskSource(FILE!);
  return readKeras(await source.read(), source);
}

/** A CIFAR record: its label, then planes of red, green and blue. */
function record(bytes: Uint8Array, index: number): { label: number; image: Plane } {
  const at = index * 3073;
  const data = Float64Array.from(bytes.subarray(at + 1, at + 3073));
  return { label: bytes[at], image: { shape: [3, 32, 32], data } };
}

describe.skipIf(!FILE)("ResNet-8, Keras 2.4 .h5", () => {
  it("holds the tensors and tells what it left out", async () => {
    const file = await load();
    expect(file.format).toBe("keras-h5");
    expect(file.metadata).toMatchObject({ keras_version: "2.4.0", backend: "tensorflow" });
    expect(file.notes).toEqual(["The optimizer's state (69 tensors) was left out."]);
    expect(file.tensors.size).toBe(48);
    expect(file.tensors.get("conv2d_3.weight")).toMatchObject({
      shape: [32, 16, 3, 3],
      dtype: "f32",
      originalName: "conv2d_3/kernel:0",
    });
    expect(file.tensors.get("dense.weight")!.shape).toEqual([10, 64]);
  });

  it("describes a network with shortcuts", async () => {
    const { nodes, outputs, inputShape } = requireArchitecture(await load());
    expect(inputShape).toEqual([3, 32, 32]);
    expect(outputs).toEqual(["dense_softmax"]);
    expect(
      nodes.filter(({ op }) => op === "add").map(({ name, inputs }) => [name, ...inputs]),
    ).toEqual([
      ["add", "activation", "batch_normalization_2"],
      ["add_1", "conv2d_5", "batch_normalization_4"],
      ["add_2", "conv2d_8", "batch_normalization_6"],
    ]);
    expect(nodes.find(({ name }) => name === "batch_normalization")).toMatchObject({
      op: "batchNorm",
      attrs: { numFeatures: 16, eps: 0.001 },
      weights: { running_var: "batch_normalization.running_var" },
    });
  });

  it.skipIf(!TEST_IMAGES)(
    "gets the first 30 test images as right as its authors say",
    { timeout: 60_000 },
    async () => {
      const file = await load();
      const graph = requireArchitecture(file);
      const images = new Uint8Array(readFileSync(TEST_IMAGES!));
      let right = 0;
      for (let i = 0; i < 30; i++) {
        const { label, image } = record(images, i);
        const [output] = interpret(graph, file.tensors, image);
        if (argmax(output) === label) right++;
      }
      expect(right / 30).toBeGreaterThan(0.8);
    },
  );

  it.skipIf(!pythonWith("h5py"))("holds the values that h5py reads", async () => {
    const script = `
import h5py, json, numpy as np
w = h5py.File('a.h5')['model_weights']
print(json.dumps({
  'conv2d_3.weight': w['conv2d_3/conv2d_3/kernel:0'][:].transpose(3, 2, 0, 1).ravel().tolist(),
  'dense.weight': w['dense/dense/kernel:0'][:].T.ravel().tolist(),
  'batch_normalization_6.running_var': w['batch_normalization_6/batch_normalization_6/moving_variance:0'][:].tolist(),
}))`;
    const { printed } = runPython({
      module: "h5py",
      script,
      files: { "a.h5": new Uint8Array(readFileSync(FILE!)) },
    });
    const { tensors } = await load();
    for (const [name, values] of Object.entries(printed as Record<string, number[]>)) {
      expect(Array.from(tensors.get(name)!.data() as Float32Array), name).toEqual(values);
    }
  });
});
