// Transformers, ConvNeXts and operations on any axes, as PyTorch exports them: outputs and gradients are PyTorch's.
import { describe, expect, it } from "vitest";
import { formats, models, nn, noGrad, type Tensor, transfer } from "webgraft";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { ConvNeXtBlock } from "../../../src/models/convnext_block.ts";
import { memorySource } from "../../formats/fuzz.ts";
import { tokenBytes, tokenCases } from "../../formats/onnx/tokens.ts";
import { pythonWith, runPython } from "../../formats/python.ts";
import { expectAsTorch, expectNear, inputOf } from "./token_support.ts";

async function load(bytes: Uint8Array, name: string) {
  const file = await readOnnx(bytes, memorySource(bytes, name));
  const model = models.fromArchitecture(file, { logits: false }).eval();
  transfer.loadPretrained(model, file);
  return { file, model };
}

const names = Object.keys(tokenCases).filter((name) => name !== "argmax");

describe("networks of any axes out of PyTorch's ONNX files", () => {
  it.each(names)("%s", async (name) => {
    const { file, model } = await load(tokenBytes(name), name);
    const origins = new Map([...file.tensors.values()].map((t) => [t.name, t.originalName]));
    const compared = await expectAsTorch(model, tokenCases[name]!, (own) => origins.get(own));
    expect(compared).toBeGreaterThan(0);
  });

  it("ends at the scores where the number of the best class was last", async () => {
    const { file, model } = await load(tokenBytes("argmax"), "argmax");
    const { shape, output } = tokenCases.argmax!;
    expect(file.notes.join()).toMatch(/The output ".*" tells the number of the best class/);
    const scores = noGrad(() => model.forward(inputOf(shape)) as Tensor);
    expect(scores.shape).toEqual([2, 6]);
    expect([...(await scores.argmax(1).data())]).toEqual(output);
  });

  it.each(names)("%s, written and read again", async (name) => {
    const { shape, output } = tokenCases[name]!;
    const { model } = await load(tokenBytes(name), name);
    const bytes = await formats.saveOnnx(model, { inputShape: shape.slice(1) });
    const copy = await load(bytes, `${name}.onnx`);
    const values = await noGrad(() => copy.model.forward(inputOf(shape)) as Tensor).data();
    expectNear(values, output, "output");
  });

  it.skipIf(!pythonWith("onnx"))("are written as python3-onnx finds sound", async () => {
    const files: Record<string, Uint8Array> = {};
    for (const name of ["vit_timm13", "vit_torchvision17", "convnext17", "causal", "slices"]) {
      const { model } = await load(tokenBytes(name), name);
      files[`${name}.onnx`] = await formats.saveOnnx(model, { inputShape: [3, 8, 8] });
    }
    const script = `
import glob, json, onnx
for name in glob.glob('*.onnx'):
    model = onnx.load(name)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True)
print(json.dumps(len(glob.glob('*.onnx'))))`;
    expect(runPython({ module: "onnx", script, files }).printed).toBe(5);
  });

  it("holds a vision transformer of our own", async () => {
    const options = { inputSize: 16, patchSize: 8, embedDim: 8, depth: 2, numHeads: 2 };
    const model = models.visionTransformer({ ...options, numClasses: 3 }).eval();
    const x = inputOf([2, 3, 16, 16]);
    const expected = [...(await noGrad(() => model.forward(x) as Tensor).data())];
    const { model: copy, file } = await load(await formats.saveOnnx(model), "vit.onnx");
    expectNear(await noGrad(() => copy.forward(x) as Tensor).data(), expected, "output");
    expect(file.tensors.get("cls_token.weight")?.originalName).toBe("cls_token");
    // Every weight of the model is one that the copy trains.
    const count = (of: typeof model | typeof copy) =>
      of.parameters().reduce((sum, { size }) => sum + size, 0);
    expect(count(copy)).toBe(count(model));
    await expect(formats.saveKerasH5(model)).rejects.toThrow(/layers can't be written:.*matmul/s);
  });

  it("holds ConvNeXt's blocks", async () => {
    const model = new nn.Sequential(
      new nn.Conv2d(3, 4, 2, { stride: 2 }),
      new ConvNeXtBlock(4, 0.5),
      new ConvNeXtBlock(4, 0.5),
      new nn.AdaptiveAvgPool2d(1),
      new nn.Flatten(),
      new nn.Linear(4, 3),
    ).eval();
    const x = inputOf([2, 3, 8, 8]);
    const expected = [...(await noGrad(() => model.forward(x) as Tensor).data())];
    const bytes = await formats.saveOnnx(model, { inputShape: [3, 8, 8] });
    const { model: copy } = await load(bytes, "convnext.onnx");
    expectNear(await noGrad(() => copy.forward(x) as Tensor).data(), expected, "output");
  });
});
