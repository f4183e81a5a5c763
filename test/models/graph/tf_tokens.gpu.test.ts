// Transformers, a ConvNeXt and operators on any axes as TF.js's graph models: outputs and gradients are PyTorch's.
import { describe, expect, it } from "vitest";
import { formats, models, noGrad, type Tensor, transfer } from "webgraft";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { memoryFiles } from "../../formats/graph_support.ts";
import { tokenCases } from "../../formats/onnx/tokens.ts";
import { tokenGraphs } from "../../formats/tfjs/token_graphs.ts";
import { expectAsTorch, expectNear, inputOf } from "./token_support.ts";

/** As many of PyTorch's tensors as keep their shapes and places in a graph of TensorFlow. */
const LEAST: Readonly<Record<string, number>> = { vit_timm13: 10, convnext13: 16 };

describe("networks of any axes out of TF.js's graph models", () => {
  it.each(tokenGraphs)("%s (%s)", async (_, name, make) => {
    const files = await make();
    const file = await readTfjs(files["model.json"]!, memoryFiles({ ...files }, "model.json"));
    const model = models.fromArchitecture(file, { logits: false }).eval();
    transfer.loadPretrained(model, file);
    const golden = tokenCases[name]!;
    const origins = new Map([...file.tensors.values()].map((t) => [t.name, t.originalName]));
    const compared = await expectAsTorch(model, golden, (own) => origins.get(own));
    expect(compared).toBeGreaterThanOrEqual(LEAST[name] ?? 1);
    // Written as ONNX it is the same.
    const bytes = await formats.saveOnnx(model, { inputShape: golden.shape.slice(1) });
    const copy = await formats.loadWeights(bytes);
    const again = models.fromArchitecture(copy, { logits: false }).eval();
    transfer.loadPretrained(again, copy);
    const values = await noGrad(() => again.forward(inputOf(golden.shape)) as Tensor).data();
    expectNear(values, golden.output, "output");
  });
});
