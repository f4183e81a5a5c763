// Transformers, a ConvNeXt and operators on any axes as TF.js's graph models: outputs and gradients are PyTorch's.
import { describe, expect, it } from "vitest";
import { formats, models, noGrad, type Tensor, transfer } from "webgraft";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { memoryFiles } from "../../formats/graph_support.ts";
import { tokenCases } from "../../formats/onnx/tokens.ts";
import type { ModelFiles } from "../../formats/tfjs/rearranged_models.ts";
import { tokenGraphs } from "../../formats/tfjs/token_graphs.ts";
import { expectAsTorch, expectNear, inputOf } from "./token_support.ts";

/** As many of PyTorch's tensors as keep their shapes and places in a graph of TensorFlow. */
const LEAST: Readonly<Record<string, number>> = { vit_timm13: 10, convnext13: 16 };

async function load(files: ModelFiles) {
  const file = await readTfjs(files["model.json"]!, memoryFiles({ ...files }, "model.json"));
  const network = models.fromArchitecture(file, { logits: false }).eval();
  transfer.loadPretrained(network, file);
  return { file, network };
}

describe("networks of any axes out of TF.js's graph models", () => {
  it.each(tokenGraphs)("%s (%s)", async (_, name, make) => {
    const { network, file } = await load(await make());
    const golden = tokenCases[name]!;
    const origins = new Map([...file.tensors.values()].map((t) => [t.name, t.originalName]));
    const compared = await expectAsTorch(network, golden, (own) => origins.get(own));
    expect(compared).toBeGreaterThanOrEqual(LEAST[name] ?? 1);
  });

  const networks = tokenGraphs.filter(([, name]) => name in LEAST);

  it.each(networks)("%s (%s), written as ONNX and read again", async (_, name, make) => {
    const { network } = await load(await make());
    const { shape, output } = tokenCases[name]!;
    const bytes = await formats.saveOnnx(network, { inputShape: shape.slice(1) });
    const file = await formats.loadWeights(bytes);
    const copy = models.fromArchitecture(file, { logits: false }).eval();
    transfer.loadPretrained(copy, file);
    expectNear(await noGrad(() => copy.forward(inputOf(shape)) as Tensor).data(), output, "output");
  });
});
