import { describe, expect, it } from "vitest";
import { type ModelCardInfo, modelCard } from "../../../src/formats/index.ts";

const FLOWERS: ModelCardInfo = {
  title: "Flowers",
  architecture: "mobilenetV1",
  classes: ["daisy", "a | b_c\n# d"],
  file: "flowers.h5",
  parameters: 470_000,
  source: { name: "MobileNet 0.25", url: "https://example.org/m", licence: "Apache-2.0" },
  data: { name: "photos", train: 1450, validation: 150 },
  input: {
    shape: [3, 224, 224],
    scale: 1 / 127.5,
    mean: [1],
    std: [1],
    resize: "stretch",
  },
  training: { epochs: 5, "trained layers": "classifier" },
  metrics: { accuracy: 0.8267, loss: 0.51239 },
  classAccuracy: [0.9, Number.NaN],
  licence: "MIT",
  notes: ["Only for flowers."],
};

describe("modelCard", () => {
  it("tells everything that it is given, once", () => {
    const card = modelCard(FLOWERS);
    const headings = card.match(/^#+ .*$/gm);
    expect(headings).toEqual([
      "# Flowers",
      "## Network",
      "## Weights it began with",
      "## Data",
      "## Training",
      "## Results",
      "## Input",
      "## Classes",
      "## Loading it in Graft",
      "## Loading it in Keras",
      "## Notes",
      "## Licence",
    ]);
    for (const line of [
      "- parameters: 470,000",
      "- [MobileNet 0.25](https://example.org/m)",
      "- train: 1,450 images",
      "- accuracy: 82.7 %",
      "- loss: 0.5124",
      "| daisy | 90.0 % |",
      "- shape of one image: 3 × 224 × 224 (channels, height, width), RGB",
      "- numbers: pixels of 0..255 times 0.0078431373, minus [1]",
      "0. daisy",
      'const { model, classes, input, transform } = await loadNetwork("flowers.h5");',
      'model = keras.models.load_model("flowers.h5", compile=False)',
      "model.predict(images)  # float32 [batch, 224, 224, 3]: channels last",
    ]) {
      expect(card.split("\n")).toContain(line);
    }
  });

  it("keeps names from becoming markup", () => {
    const card = modelCard(FLOWERS);
    expect(card).toContain("1. a \\| b\\_c \\# d");
    expect(card).toContain("| a \\| b\\_c \\# d | – |");
  });

  it("leaves out what isn't known", () => {
    const card = modelCard({ architecture: "lenet", classes: ["0"] });
    expect(card.match(/^#+ .*$/gm)).toEqual(["# lenet", "## Network", "## Classes"]);
    expect(card).not.toContain("undefined");
  });

  it.each([
    ["a.safetensors", "PyTorch", 'load_file("a.safetensors")', '{ arch: "lenet" }'],
    ["a.pth", "PyTorch", 'torch.load("a.pth")', '{ arch: "lenet" }'],
    ["a.npz", "NumPy", 'numpy.load("a.npz")', "the network it was saved from"],
    [
      "model.json",
      "TensorFlow.js",
      'loadLayersModel("model.json")',
      'await loadNetwork("model.json")',
    ],
    ["a.onnx", "ONNX Runtime", 'InferenceSession("a.onnx")', 'await loadNetwork("a.onnx")'],
  ])("says how %s is loaded in %s", (file, tool, call, graft) => {
    const card = modelCard({ architecture: "lenet", classes: ["0"], file });
    expect(card).toContain(`## Loading it in ${tool}`);
    expect(card).toContain(call);
    expect(card).toContain(graft);
  });
});
