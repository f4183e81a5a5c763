import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type NetworkGraph,
  requireArchitecture,
  type TensorToWrite,
} from "../../../src/formats/index.ts";
import { readKeras } from "../../../src/formats/keras/read.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { writeOnnx } from "../../../src/formats/onnx/write/index.ts";
import { memorySource } from "../fuzz.ts";
import { everything, Sketch, tensorsOf, toWrite, waves } from "../graph_samples.ts";
import { interpret } from "../interpret.ts";
import { pythonWith, runPython } from "../python.ts";
import { rearranged, rearrangedInOnnx } from "../rearranged_samples.ts";

const read = (bytes: Uint8Array) => readOnnx(bytes, memorySource(bytes, "written.onnx"));

interface Network {
  readonly graph: NetworkGraph;
  readonly weights: ReadonlyMap<string, TensorToWrite>;
}

async function expectSame({ graph, weights }: Network) {
  const file = await read(writeOnnx(graph, weights));
  const image = waves(graph.inputShape);
  const before = interpret(graph, tensorsOf(weights), image);
  const after = interpret(requireArchitecture(file), file.tensors, image);
  before.forEach((values, output) => {
    expect(after[output]).toHaveLength(values.length);
    values.forEach((value, i) => {
      expect(after[output][i]).toBeCloseTo(value, 6);
    });
  });
  return file;
}

/** What Keras can't do and ONNX can. 4×9×8. */
function awkward(): Network {
  const s = new Sketch([4, 9, 8]);
  const two = [2, 2] as const;
  s.conv("grouped", "input", 4, 6, { groups: 2, stride: two, dilation: two, padding: "same" });
  s.add("gelu", "gelu", ["grouped"], { approximate: "none" });
  s.add("maxPool2d", "pool", ["gelu"], {
    kernelSize: [3, 3],
    stride: two,
    padding: [1, 1, 1, 1],
    dilation: [1, 1],
    ceilMode: true,
  });
  s.add("pad", "mirror", ["pool"], { padding: [1, 0, 1, 1], mode: "reflect", value: 0 });
  s.add("pad", "edge", ["pool"], { padding: [1, 0, 1, 1], mode: "replicate", value: 0 });
  s.add("pad", "constant", ["pool"], { padding: [0, 1, 1, 1], mode: "constant", value: 0.5 });
  s.add("concat", "all", ["mirror", "edge", "constant"], {});
  s.add("avgPool2d", "counted", ["all"], {
    kernelSize: two,
    stride: [3, 3],
    padding: [1, 1, 1, 1],
    ceilMode: true,
    countIncludePad: true,
  });
  s.add("avgPool2d", "uncounted", ["all"], {
    kernelSize: [3, 3],
    stride: two,
    padding: [1, 1, 1, 1],
    ceilMode: true,
    countIncludePad: false,
  });
  s.add("clamp", "bounds", ["counted"], { min: -0.2, max: 0.3 });
  s.add("flatten", "flat", ["uncounted"], {});
  s.add("reshape", "map", ["flat"], { shape: [6, 9, 3] });
  return { graph: s.finish(["bounds", "map"]), weights: s.weights };
}

/** Normalisations, of which some formats lack some. 6×5×4. */
function norms(): Network {
  const s = new Sketch([6, 5, 4]);
  s.add("groupNorm", "groups", ["input"], { numGroups: 3, numChannels: 6, eps: 1e-3 });
  s.add("groupNorm", "instances", ["groups"], { numGroups: 6, numChannels: 6, eps: 1e-3 });
  s.add("layerNorm", "places", ["instances"], { numFeatures: 6, eps: 1e-3 });
  s.add("rmsNorm", "roots", ["places"], { numFeatures: 6, eps: 1e-3 });
  s.add("localResponseNorm", "lrn", ["roots"], { size: 3, alpha: 0.5, beta: 0.75, k: 2 });
  s.add("globalAvgPool", "mean", ["lrn"], { keepDims: false });
  s.add("layerNorm", "features", ["mean"], { numFeatures: 6, eps: 1e-3 });
  s.add("groupNorm", "vectors", ["features"], { numGroups: 2, numChannels: 6, eps: 1e-3 });
  s.add("rmsNorm", "last", ["vectors"], { numFeatures: 6, eps: 1e-3 });
  return { graph: s.finish(["last"]), weights: s.weights };
}

describe("writeOnnx", () => {
  it("writes every op so that the network computes the same", async () => {
    const file = await expectSame(everything());
    expect(file.graph!.classes).toEqual(["a", "b", "c", "d", "é"]);
    expect(file.metadata.producer_name).toBe("graft");
    // Names and layout of PyTorch survive.
    expect(file.tensors.get("features.4.weight")!.shape).toEqual([12, 1, 3, 3]);
    expect(file.tensors.get("classifier.2.weight")!.shape).toEqual([5, 7]);
  });

  it("writes groups, mirrored padding and ceilings", async () => {
    const file = await expectSame(awkward());
    expect(file.graph!.nodes.map(({ op }) => op)).toContain("gelu");
  });

  it("writes normalisations, in steps where it must, and reads them in one piece", async () => {
    const network = norms();
    const { graph, tensors } = await expectSame(network);
    const opsOf = (found: NetworkGraph) =>
      found.nodes.flatMap(({ op }) => (op.endsWith("Norm") ? [op] : []));
    expect(opsOf(graph!)).toEqual(opsOf(network.graph));
    expect(tensors.get("places.weight")!.shape).toEqual([6]);
    const bare = network.graph.nodes.map((node) => ({ ...node, weights: {} }));
    const without = await expectSame({ ...network, graph: { ...network.graph, nodes: bare } });
    expect(opsOf(without.graph!)).toEqual(opsOf(network.graph));
    expect([...without.tensors.keys()]).toEqual([]);
    const s = new Sketch([6, 5, 4]);
    s.add("localResponseNorm", "lrn", ["input"], { size: 4, alpha: 1, beta: 1, k: 1 });
    expect(() => writeOnnx(s.finish(["lrn"]), s.weights)).toThrow(
      /layer "lrn": ONNX's windows of an even number of channels lie otherwise/,
    );
  });

  it("writes what resizes, cuts and rearranges maps", async () => {
    await expectSame(rearranged());
    await expectSame(rearrangedInOnnx());
  });

  it("writes what it read, also from Keras", async () => {
    const golden = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
    const onnx = await read(golden("golden/net13.onnx"));
    const bytes = golden("../keras/golden/branches.keras");
    const keras = await readKeras(bytes, memorySource(bytes, "branches.keras"));
    for (const file of [onnx, keras]) {
      await expectSame({ graph: requireArchitecture(file), weights: toWrite(file.tensors) });
    }
  });

  it("names a tensor that is missing", () => {
    const s = new Sketch([3, 9, 9]);
    s.conv("conv", "input", 3, 4);
    expect(() => writeOnnx(s.finish(["conv"]), new Map())).toThrow(
      /the file to write \(onnx\): layer "conv": its tensor "conv.weight" is missing/,
    );
  });

  it.skipIf(!pythonWith("onnx"))("writes what python3-onnx finds sound", () => {
    const script = `
import json, onnx
from onnx import numpy_helper
out = {}
for name in ['everything', 'awkward', 'rearranged', 'rearrangedInOnnx']:
    model = onnx.load(name + '.onnx')
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    out[name] = {
        'opset': model.opset_import[0].version,
        'inputs': [i.name for i in model.graph.input],
        'shapes': {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim][1:] for v in inferred.graph.value_info},
        'tensors': {i.name: numpy_helper.to_array(i).ravel().tolist() for i in model.graph.initializer},
    }
print(json.dumps(out))`;
    const networks = {
      everything: everything(),
      awkward: awkward(),
      rearranged: rearranged(),
      rearrangedInOnnx: rearrangedInOnnx(),
    };
    const files = Object.fromEntries(
      Object.entries(networks).map(([name, { graph, weights }]) => [
        `${name}.onnx`,
        writeOnnx(graph, weights),
      ]),
    );
    const { printed } = runPython({ module: "onnx", script, files });
    const report = printed as Record<
      string,
      {
        opset: number;
        inputs: string[];
        shapes: Record<string, number[]>;
        tensors: Record<string, number[]>;
      }
    >;
    expect(report.everything).toMatchObject({
      opset: 13,
      inputs: ["input"],
      shapes: { flat: [16], joined: [32, 4, 4], average: [4, 3, 3] },
    });
    expect(report.awkward.shapes).toMatchObject({
      pool: [6, 3, 3],
      all: [18, 4, 5],
      uncounted: [18, 3, 3],
    });
    for (const [name, { weights }] of Object.entries(networks)) {
      for (const [tensor, { data }] of weights) {
        expect(report[name].tensors[tensor], tensor).toEqual(Array.from(data as Float32Array));
      }
    }
  });
});
