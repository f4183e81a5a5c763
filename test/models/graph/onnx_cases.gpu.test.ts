import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formats, models, noGrad, type Tensor, tensor, transfer } from "webgraft";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { memorySource } from "../../formats/fuzz.ts";
import { waves } from "../../formats/graph_samples.ts";
import { memoryFiles } from "../../formats/graph_support.ts";
import { type CaseOutputs, caseBytes, caseInput, caseOutputs } from "../../formats/onnx/cases.ts";

async function load(name: string, logits = false) {
  const bytes = caseBytes(name);
  const file = await readOnnx(bytes, memorySource(bytes, name));
  const model = models.fromArchitecture(formats.requireArchitecture(file), { logits });
  if (file.tensors.size > 0) transfer.loadPretrained(model, file);
  return model.eval();
}

function imageFor(model: models.GraphModel, shape: readonly number[]): Tensor {
  const sides = model.inputShape.map(Number);
  return tensor(Float32Array.from(caseInput(shape)), { shape: [1, ...sides] });
}

const single = Object.entries<CaseOutputs>(caseOutputs).filter(([name]) => name !== "two_inputs");

describe("networks out of PyTorch's ONNX files", () => {
  it.each(single)("computes the first output: %s", async (name, { shape, outputs }) => {
    const model = await load(name);
    const output = noGrad(() => model.forward(imageFor(model, shape)));
    const values = await output.data();
    expect(values).toHaveLength(outputs[0].length);
    outputs[0].forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 4);
    });
  });

  it("gives logits where softmax's logarithm was last", async () => {
    for (const name of ["log_softmax", "softmax_log"]) {
      const model = await load(name, true);
      const { shape, outputs } = caseOutputs[name];
      const logits = [...(await noGrad(() => model.forward(imageFor(model, shape))).data())];
      const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
      logits.forEach((value, i) => {
        expect(value - total, name).toBeCloseTo(outputs[0][i], 4);
      });
    }
  });

  it("of two outputs, replaces the head of the first, and saves nothing of the second", async () => {
    const model = await load("two_outputs", true);
    expect([...Object.keys(model.stateDict())].join()).not.toContain("embedding");
    expect(transfer.replaceHead(model, 6)).toBe("classes");
    expect(noGrad(() => model.forward(imageFor(model, [2, 5, 4]))).shape).toEqual([1, 6]);
    const files = await formats.saveTfjs(model, { inputShape: [2, 5, 4] });
    const again = await readTfjs(files["model.json"], memoryFiles(files, "model.json"));
    const graph = formats.requireArchitecture(again);
    expect(graph.outputs).toHaveLength(1);
    const taken = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
    const ends = graph.nodes.filter(({ name }) => !taken.has(name)).map(({ name }) => name);
    expect(ends).toEqual(graph.outputs);
  });

  it("takes a new head in front of a shape of two numbers", async () => {
    for (const name of ["reshape10", "reshape10_linear"]) {
      const model = await load(name);
      transfer.replaceHead(model, 3);
      const output = noGrad(() => model.forward(imageFor(model, [2, 5, 4])));
      expect(output.shape, name).toEqual([1, 3]);
    }
  });

  it("runs a ceiling mode that opset 9 wrote as padding", async () => {
    const golden = (name: string) =>
      readFileSync(new URL(`../../formats/onnx/golden/${name}`, import.meta.url));
    const bytes = new Uint8Array(golden("net9.onnx"));
    const file = await readOnnx(bytes, memorySource(bytes, "net9.onnx"));
    const graph = formats.requireArchitecture(file);
    const model = models.fromArchitecture(graph, { logits: false }).eval();
    transfer.loadPretrained(model, file);
    const image = tensor(Float32Array.from(waves([3, 15, 14]).data), { shape: [1, 3, 15, 14] });
    const values = await noGrad(() => model.forward(image)).data();
    const expected: number[] = JSON.parse(golden("outputs.json").toString());
    expected.forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 4);
    });
  });
});
