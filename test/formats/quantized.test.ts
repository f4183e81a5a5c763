// Weights in half precision and 8 bits: PyTorch's numbers, every format that holds them and back, and what others read of it.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { quantized } from "../../src/formats/elements/quantize.ts";
import {
  loadWeights,
  requireArchitecture,
  saveSafetensors,
  type TensorToWrite,
  type WeightFile,
  writeKerasH5,
  writeOnnx,
  writeTfjs,
} from "../../src/formats/index.ts";
import { readOnnx } from "../../src/formats/onnx/read.ts";
import { memorySource } from "./fuzz.ts";
import { everything, tensorsOf, waves } from "./graph_samples.ts";
import { interpret } from "./interpret.ts";
import { pythonWith, runPython } from "./python.ts";

type Stored = "f16" | "i8";

/** A network whose kernels and matrices are to be stored so. */
function network(dtype: Stored) {
  const { graph, weights } = everything();
  const large = new Set(
    graph.nodes.flatMap(({ op, weights: { weight } }) =>
      op === "conv2d" || op === "linear" ? [weight] : [],
    ),
  );
  const stored = [...weights].map(([name, tensor]): [string, TensorToWrite] => [
    name,
    large.has(name) ? { ...tensor, dtype } : tensor,
  ]);
  return { graph, weights: new Map(stored) };
}

const readers: Readonly<Record<string, (dtype: Stored) => Promise<WeightFile>>> = {
  onnx: async (dtype) => {
    const { graph, weights } = network(dtype);
    return loadWeights(writeOnnx(graph, weights));
  },
  "model.json": async (dtype) => {
    const { graph, weights } = network(dtype);
    const files = writeTfjs(graph, weights);
    return loadWeights(
      Object.entries(files).map(([name, bytes]) => new File([bytes as BlobPart], name)),
    );
  },
  h5: async (dtype) => {
    const { graph, weights } = network(dtype);
    return loadWeights(writeKerasH5(graph, weights));
  },
};

describe("8 bits", () => {
  it("are PyTorch's, channel by channel", () => {
    const { cases } = JSON.parse(
      readFileSync(new URL("../golden/quantize.json", import.meta.url), "utf8"),
    );
    const { values, scale } = quantized(Float32Array.from(cases.values), 6);
    expect([...values]).toEqual(cases.integers);
    scale.forEach((value, row) => {
      expect(value).toBeCloseTo(cases.scale[row], 7);
    });
  });

  it("of safetensors have their scales beside them, and are floats again when read", async () => {
    const { cases } = JSON.parse(
      readFileSync(new URL("../golden/quantize.json", import.meta.url), "utf8"),
    );
    const data = Float32Array.from(cases.values);
    const dict = {
      weight: { shape: [6, 3, 3, 3], dtype: "f32" as const, data: () => data },
      bias: { shape: [6], dtype: "f32" as const, data: () => data.slice(0, 6) },
    };
    const bytes = await saveSafetensors(dict, { dtype: "i8" });
    expect(bytes.length).toBeLessThan((await saveSafetensors(dict)).length);
    const { tensors } = await loadWeights(bytes);
    expect([...tensors.keys()]).toEqual(["weight", "bias"]);
    const [weight, bias] = [tensors.get("weight")!, tensors.get("bias")!];
    expect([weight.dtype, weight.shape]).toEqual(["f32", [6, 3, 3, 3]]);
    [...(weight.data() as Float32Array)].forEach((value, i) => {
      expect(value).toBeCloseTo(cases.restored[i], 5);
    });
    expect(bias.data()).toEqual(data.slice(0, 6));
  });

  it("are none of Keras'", () => {
    const { graph, weights } = network("i8");
    expect(() => writeKerasH5(graph, weights)).toThrow("Keras reads no weights of 8 bits");
  });
});

describe.each([
  ["onnx", "f16", 2e-3],
  ["onnx", "i8", 0.05],
  ["model.json", "f16", 2e-3],
  ["model.json", "i8", 0.05],
  ["h5", "f16", 2e-3],
] as const)("%s with weights in %s", (format, dtype, room) => {
  it("computes nearly what the network did", async () => {
    const { graph, weights } = network(dtype);
    const file = await readers[format](dtype);
    const image = waves(graph.inputShape);
    const before = interpret(graph, tensorsOf(weights), image);
    const after = interpret(requireArchitecture(file), file.tensors, image);
    before.forEach((values, output) => {
      const most = Math.max(...values.map(Math.abs));
      values.forEach((value, i) => {
        expect(Math.abs(after[output][i] - value)).toBeLessThan(room * most);
      });
    });
  });
});

it("the size falls to a half and a quarter", () => {
  const sizes = (["f16", "i8"] as const).map((dtype) => {
    const { graph, weights } = network(dtype);
    const floats = new Map(
      [...weights].map(([name, tensor]) => [name, { ...tensor, dtype: "f32" as const }]),
    );
    const saved = writeOnnx(graph, floats).length - writeOnnx(graph, weights).length;
    const stored = [...weights.values()].filter((tensor) => tensor.dtype === dtype);
    return saved / (4 * stored.reduce((sum, { data }) => sum + data.length, 0));
  });
  expect(sizes[0]).toBeGreaterThan(0.1);
  expect(sizes[1]).toBeGreaterThan(sizes[0]);
});

it.skipIf(!pythonWith("onnx"))(
  "python3-onnx finds it sound, and the same numbers in it",
  async () => {
    const script = `
import json, onnx
from onnx import numpy_helper
out = {}
for name in ['f16', 'i8']:
    model = onnx.load(name + '.onnx')
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    found = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    out[name] = {}
    for node in model.graph.node:
        if node.op_type == 'Cast':
            out[name][node.input[0]] = found[node.input[0]].astype('float32').flatten().tolist()
        if node.op_type == 'DequantizeLinear':
            values, scale = (found[i] for i in node.input)
            assert node.attribute[0].i == 0 and str(values.dtype) == 'int8'
            out[name][node.input[0]] = (values * scale.reshape([-1] + [1] * (values.ndim - 1))).flatten().tolist()
print(json.dumps(out))
`;
    const files = Object.fromEntries(
      (["f16", "i8"] as const).map((dtype) => {
        const { graph, weights } = network(dtype);
        return [`${dtype}.onnx`, writeOnnx(graph, weights)];
      }),
    );
    const printed = runPython({ module: "onnx", script, files }).printed as Record<
      Stored,
      Record<string, number[]>
    >;
    for (const dtype of ["f16", "i8"] as const) {
      const { tensors } = await readOnnx(
        files[`${dtype}.onnx`],
        memorySource(files[`${dtype}.onnx`]),
      );
      const { weights } = network(dtype);
      const names = [...weights].flatMap(([name, tensor]) =>
        tensor.dtype === dtype ? [name] : [],
      );
      expect(Object.keys(printed[dtype]).sort()).toEqual(names.sort());
      for (const name of names)
        [...(tensors.get(name)!.data() as Float32Array)].forEach((value, i) => {
          expect(value).toBeCloseTo(printed[dtype][name][i], 6);
        });
    }
  },
);

it.skipIf(!pythonWith("h5py"))("h5py reads half precision", () => {
  const { graph, weights } = network("f16");
  const script = `
import h5py, json
found = {}
def visit(name, item):
    if isinstance(item, h5py.Dataset) and item.dtype == 'float16': found[name] = float(abs(item[...]).max())
h5py.File('half.h5').visititems(visit)
print(json.dumps(found))
`;
  const files = { "half.h5": writeKerasH5(graph, weights) };
  const printed = runPython({ module: "h5py", script, files }).printed as Record<string, number>;
  const stored = [...weights.values()].filter(({ dtype }) => dtype === "f16");
  expect(Object.keys(printed)).toHaveLength(stored.length);
  for (const most of Object.values(printed))
    expect(stored.some(({ data }) => isMost(data as Float32Array, most))).toBe(true);
});

function isMost(data: Float32Array, most: number): boolean {
  const own = data.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  return Math.abs(own - most) < 1e-3 * own;
}
