import { describe, expect, it } from "vitest";
import { models, nn, noGrad, randn, type Tensor, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const outputs = (model: nn.Module, shape: number[]) =>
  noGrad(() => model.eval().forward(randn(shape)) as Tensor).shape;

describe("replaceHead", () => {
  it("gives lenet another last layer and leaves the others alone", async () => {
    const model = models.lenet();
    const kept = model.get("classifier.2");
    expect(transfer.replaceHead(model, 4)).toBe("classifier.4");
    expect(outputs(model, [2, 1, 28, 28])).toEqual([2, 4]);
    expect(model.get("classifier.2")).toBe(kept);
    expect((model.get("classifier.4") as nn.Linear).weight.shape).toEqual([4, 84]);
  });

  it("replaces MobileNet's 1×1 convolution", () => {
    const model = models.mobilenetV1({ alpha: 0.25, inputSize: 32 });
    expect(transfer.replaceHead(model, 5)).toBe("classifier.conv_preds");
    expect(outputs(model, [1, 3, 32, 32])).toEqual([1, 5]);
    expect((model.get("classifier.conv_preds") as nn.Conv2d).weight.shape).toEqual([5, 256, 1, 1]);
  });

  it("puts a head on models without a top", () => {
    const cases: [models.Backbone, number[], string][] = [
      [models.simpleCnn({ includeTop: false, inputSize: 8 }), [1, 1, 8, 8], "classifier.0"],
      [models.mobilenetV1({ alpha: 0.25, includeTop: false }), [1, 3, 40, 40], "classifier.head"],
      [
        models.smallVgg({ includeTop: false, widths: [4, 4], inputSize: 8 }),
        [1, 3, 8, 8],
        "classifier.0",
      ],
    ];
    for (const [model, shape, path] of cases) {
      expect(model.classifier).toBeNull();
      expect(transfer.replaceHead(model, 7)).toBe(path);
      expect(outputs(model, shape)).toEqual([1, 7]);
    }
  });

  it("puts dropout before it, with and without a top, in the model's mode", () => {
    const tops = [
      models.simpleCnn({ inputSize: 8 }),
      models.simpleCnn({ inputSize: 8, includeTop: false }),
    ];
    for (const model of tops) {
      model.eval();
      const path = transfer.replaceHead(model, 3, { dropout: 0.4 });
      const head = model.get(path) as nn.Sequential;
      expect([...head].map((layer) => layer.constructor.name)).toEqual(["Dropout", "Linear"]);
      expect((model.get(`${path}.dropout`) as nn.Dropout).p).toBe(0.4);
      expect(model.modules().some(({ training }) => training)).toBe(false);
      expect(outputs(model, [1, 1, 8, 8])).toEqual([1, 3]);
    }
  });

  it("keeps the new layer trainable when the rest is frozen, and works twice", () => {
    const model = models.lenet({ inputSize: 12 });
    transfer.freeze(model);
    const path = transfer.replaceHead(model, 3, { dropout: 0.1 });
    const trained = model.namedParameters().filter(([, { requiresGrad }]) => requiresGrad);
    expect(trained.map(([name]) => name)).toEqual([`${path}.head.weight`, `${path}.head.bias`]);
    expect(transfer.replaceHead(model, 6)).toBe(`${path}.head`);
    expect(outputs(model, [1, 1, 12, 12])).toEqual([1, 6]);
  });

  it("keeps a missing bias missing and works on any module", () => {
    const model = new nn.Sequential(
      new nn.Linear(4, 4),
      new nn.Linear(4, 2, { bias: false }),
      new nn.ReLU(),
    );
    expect(transfer.replaceHead(model, 3)).toBe("1");
    expect((model.get("1") as nn.Linear).bias).toBeNull();
  });

  it("refuses what can't be a number of classes, and models without such a layer", () => {
    const model = models.simpleCnn({ inputSize: 8 });
    expect(() => transfer.replaceHead(model, 0)).toThrow(/at least 1, not 0/);
    expect(() => transfer.replaceHead(model, 2.5)).toThrow(/not 2.5/);
    expect(() => transfer.replaceHead(model, 2, mistyped({ p: 1 }))).toThrow(/replaceHead.*p/);
    expect(() => transfer.replaceHead(new nn.ReLU(), 2)).toThrow(/no linear or convolution layer/);
  });
});
