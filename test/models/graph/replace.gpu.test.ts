// Layers that a file can't describe are given as modules.
import { describe, expect, it } from "vitest";
import {
  F,
  formats,
  loadNetwork,
  models,
  nn,
  noGrad,
  type Tensor,
  tensor,
  transfer,
} from "webgraft";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { memorySource } from "../../formats/fuzz.ts";
import { memoryFiles } from "../../formats/graph_support.ts";
import { floats, onnxModel } from "../../formats/onnx/protobuf.ts";

/** A layers model of 6×6 images with this layer in its middle; weight i is sin(i). */
function layersModel(middle: object): Record<string, Uint8Array> {
  const layer = (className: string, config: object) => ({ class_name: className, config });
  const weights = [
    { name: "conv/kernel", shape: [2, 2, 3, 4], dtype: "float32" },
    { name: "conv/bias", shape: [4], dtype: "float32" },
    { name: "dense/kernel", shape: [100, 3], dtype: "float32" },
    { name: "dense/bias", shape: [3], dtype: "float32" },
  ];
  const size = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const layers = [
    layer("Conv2D", {
      ...{ name: "conv", batch_input_shape: [null, 6, 6, 3] },
      ...{ filters: 4, kernel_size: [2, 2], padding: "valid" },
    }),
    middle,
    layer("Flatten", { name: "flat" }),
    layer("Dense", { name: "dense", units: 3, activation: "softmax" }),
  ];
  const manifest = {
    format: "layers-model",
    modelTopology: { class_name: "Sequential", config: { name: "m", layers } },
    weightsManifest: [{ paths: ["shard.bin"], weights }],
  };
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i) / 3);
  return {
    "model.json": new TextEncoder().encode(JSON.stringify(manifest)),
    "shard.bin": new Uint8Array(values.buffer),
  };
}

const read = (files: Record<string, Uint8Array>) =>
  readTfjs(files["model.json"]!, memoryFiles(files, "model.json"));
const lambda = {
  class_name: "Lambda",
  config: { name: "lambda_1", function: ["4wE=", null, null] },
};

/** What the Python of the Lambda is taken to be: x² · scale. */
class Squares extends nn.Module {
  scale = tensor([0.5], { requiresGrad: true });

  override ownParameters(): [string, Tensor][] {
    return [["scale", this.scale]];
  }

  override forward(x: Tensor): Tensor {
    return F.mul(F.square(x), this.scale);
  }
}

const images = () =>
  tensor(
    Float32Array.from({ length: 2 * 108 }, (_, i) => Math.cos(0.3 * i)),
    { shape: [2, 3, 6, 6] },
  );
const valuesOf = async (model: nn.Module) =>
  [...(await noGrad(() => model.forward(images()) as Tensor).data())].map((v) => v.toFixed(4));

describe("a layer given as a module", () => {
  it("stands where the file's stood, and what lies behind it keeps its weights", async () => {
    const relu = { class_name: "Activation", config: { name: "act", activation: "relu" } };
    const usual = await read(layersModel(relu));
    const expected = models.fromArchitecture(usual).eval();
    transfer.loadPretrained(expected, usual);
    const file = await read(layersModel(lambda));
    for (const key of ["lambda_1", "Lambda"]) {
      const model = models.fromArchitecture(file, { replace: { [key]: new nn.ReLU() } }).eval();
      expect(transfer.loadPretrained(model, file).missing).toEqual([]);
      // The dense layer's rows lie in the file's order of a map, which is known behind the module alone.
      expect(await valuesOf(model)).toEqual(await valuesOf(expected));
    }
  });

  it("trains with the rest, and its own weights are the module's", async () => {
    const file = await read(layersModel(lambda));
    const squares = new Squares();
    const { model, architecture } = await loadNetwork(file, { replace: { lambda_1: squares } });
    expect(architecture).toBe("from file");
    expect(Object.keys(model.stateDict())).toContain("lambda_1.scale");
    const loss = F.mean(F.square(model.forward(images()) as Tensor));
    loss.backward();
    expect(Math.abs((await squares.scale.grad!.data())[0]!)).toBeGreaterThan(0);
  });

  it("is written as what it computes, where files have words for it", async () => {
    const file = await read(layersModel(lambda));
    const model = models.fromArchitecture(file, { replace: { lambda_1: new nn.ReLU() } }).eval();
    transfer.loadPretrained(model, file);
    const again = await formats.loadWeights(await formats.saveOnnx(model));
    const copy = models.fromArchitecture(again).eval();
    transfer.loadPretrained(copy, again);
    expect(await valuesOf(copy)).toEqual(await valuesOf(model));
  });

  it("is named where it can't be written", async () => {
    class Sine extends nn.Module {
      override forward(x: Tensor): Tensor {
        return F.sin(x);
      }
    }
    const file = await read(layersModel(lambda));
    const model = models.fromArchitecture(file, { replace: { lambda_1: new Sine() } });
    await expect(formats.saveOnnx(model)).rejects.toThrow(
      /can't be written as an architecture:\n {2}sin: no file format here has such a layer\n.*given as modules: lambda_1/,
    );
  });

  it("is asked for by the error of a network without it", async () => {
    const file = await read(layersModel(lambda));
    expect(() => models.fromArchitecture(file)).toThrow(
      /1 layer can't be built:\n {2}lambda_1 \(Lambda\): it holds Python code.*\n.*replace: \{ lambda_1: module \}/s,
    );
    const { graph } = models.fromArchitecture(file, { replace: { lambda_1: new nn.ReLU() } });
    expect(() => models.fromArchitecture(graph)).toThrow(
      /layer "lambda_1" \(Lambda\) was given as a module.*give it again/,
    );
  });

  it("must be one of the file's, and fit", async () => {
    const file = await read(layersModel(lambda));
    const build = (replace: Record<string, nn.Module>) =>
      models.fromArchitecture(file, { replace });
    expect(() => build({ lambda_1: new nn.ReLU(), lambda_2: new nn.ReLU() })).toThrow(
      'replace: the file has no layer "lambda_2"; it has conv (Conv2D), lambda_1 (Lambda), flat (Flatten), dense (Dense)',
    );
    expect(() => build({ lambda_1: new nn.Linear(7, 2) })).toThrow(
      /replace: the module for "lambda_1" fails on its inputs: linear: .*\[1, 4, 5, 5\]/,
    );
    expect(() => build({ lambda_1: F.relu as never })).toThrow(/is no nn\.Module/);
    const named = { replace: { lambda_1: new nn.ReLU() } };
    const weights = await formats.loadWeights(
      formats.writeNpz([{ name: "a", shape: [1], dtype: "f32", data: Float32Array.of(1) }]),
    );
    expect(() => models.fromArchitecture(weights, named)).toThrow(
      /holds weights and no architecture/,
    );
  });

  it("stands for an operator of ONNX, with the values that it takes", async () => {
    class Gate extends nn.Module {
      override forward(a: Tensor, b: Tensor = a): Tensor {
        return F.mul(a, F.sigmoid(b));
      }
    }
    const bytes = onnxModel(
      [
        { op: "Conv", inputs: ["x", "w"], outputs: ["a"] },
        { op: "com.own.Gate", inputs: ["a", "a", "k"], outputs: ["b"] },
        { op: "GlobalAveragePool", inputs: ["b"], outputs: ["y"] },
      ],
      [floats("w", [3, 2, 2, 2]), floats("k", [3])],
    );
    const file = await readOnnx(bytes, memorySource(bytes, "gate.onnx"));
    expect(file.graphError?.message).toMatch(/b \(com\.own\.Gate\): this operator isn't supported/);
    const model = models.fromArchitecture(file, { replace: { "com.own.Gate": new Gate() } });
    transfer.loadPretrained(model, file);
    const x = tensor(
      Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
      { shape: [1, 2, 5, 4] },
    );
    const weight = tensor(
      Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      { shape: [3, 2, 2, 2] },
    );
    const map = F.conv2d(x, weight);
    const expected = [...(await F.mean(F.mul(map, F.sigmoid(map)), [2, 3]).data())];
    const found = [...(await (model.forward(x) as Tensor).data())];
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    expect(found).toHaveLength(3);
  });
});
