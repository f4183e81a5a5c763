import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { models, type nn, noGrad, randn, type Tensor, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const count = (model: nn.Module) => model.parameters().reduce((sum, { size }) => sum + size, 0);
const names = (model: nn.Module) => Object.keys(model.stateDict());
const outputs = (model: nn.Module, shape: number[]) =>
  noGrad(() => model.eval().forward(randn(shape)) as Tensor).shape;
const free = (model: nn.Module) => {
  for (const tensor of Object.values(model.stateDict())) tensor.dispose();
};

/** Millions of initial weights are drawn on the GPU: a software adapter takes its time. */
const PATIENCE = 300_000;

describe("VGG", () => {
  // Counts are torchvision's, less its classifier's 123,642,856.
  it(
    "has torchvision's parameters; without its top it takes any input from 32 up",
    async () => {
      const model = models.vgg11({ includeTop: false });
      expect(count(model)).toBe(9_220_480);
      expect(outputs(model, [1, 3, 32, 32])).toEqual([1, 512, 1, 1]);
      expect(outputs(model, [2, 3, 33, 64])).toEqual([2, 512, 1, 2]);
      await currentDevice().synchronize();
      free(model);
    },
    PATIENCE,
  );

  it(
    "has torchvision's names with batch norm",
    async () => {
      const model = models.vgg11Bn({ includeTop: false });
      expect(count(model)).toBe(9_225_984);
      expect(names(model).slice(2, 6)).toEqual(
        ["weight", "bias", "running_mean", "running_var"].map((name) => `features.1.${name}`),
      );
      expect(names(model)).toContain("features.25.weight");
      await currentDevice().synchronize();
      free(model);
    },
    PATIENCE,
  );

  it(
    "has torchvision's classifier, sized for the input; a larger one is pooled and the head replaced",
    async () => {
      const model = models.vgg11({ numClasses: 3, inputSize: 32 });
      expect(names(model).slice(0, 4)).toEqual(
        [0, 3].flatMap((i) => [`features.${i}.weight`, `features.${i}.bias`]),
      );
      expect(names(model).slice(-6)).toEqual(
        [0, 3, 6].flatMap((i) => [`classifier.${i}.weight`, `classifier.${i}.bias`]),
      );
      const top = 512 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 3 + 3;
      expect(count(model)).toBe(9_220_480 + top);
      expect(outputs(model, [1, 3, 32, 32])).toEqual([1, 3]);
      expect(transfer.replaceHead(model, 5)).toBe("classifier.6");
      expect(outputs(model, [1, 3, 64, 64])).toEqual([1, 5]);
      await currentDevice().synchronize();
      free(model);
    },
    PATIENCE,
  );

  it("refuses a smaller input and unknown options", () => {
    expect(() => models.vgg16({ inputSize: 31 })).toThrow(
      /vgg16: inputSize is 31; the least is 32/,
    );
    expect(() => models.vgg19Bn(mistyped({ classes: 10 }))).toThrow(/vgg19.*classes/);
  });
});

describe("MobileNet v1", () => {
  it.each([
    [1, 4_231_976],
    [0.25, 470_072],
  ])("with alpha %d has Keras' trainable parameters", (alpha, expected) => {
    const model = models.mobilenetV1({ alpha });
    expect(count(model)).toBe(expected);
    free(model);
  });

  it("has Keras' names and takes any input", () => {
    const model = models.mobilenetV1({ alpha: 0.25, numClasses: 5 });
    expect(names(model)).toContain("features.conv_dw_13.weight");
    expect(names(model)).toContain("features.conv_pw_13_bn.running_var");
    expect(names(model).slice(-2)).toEqual([
      "classifier.conv_preds.weight",
      "classifier.conv_preds.bias",
    ]);
    expect(outputs(model, [2, 3, 32, 48])).toEqual([2, 5]);
    expect(model.features.get("conv1_bn")).toMatchObject({ eps: 1e-3, momentum: 0.1 });
    const bare = models.mobilenetV1({ alpha: 0.25, includeTop: false });
    expect(outputs(bare, [1, 3, 64, 64])).toEqual([1, 256, 2, 2]);
  });

  it("refuses a width of less than one channel", () => {
    expect(() => models.mobilenetV1({ alpha: 0.01 })).toThrow(/alpha is 0.01; it must be at least/);
    expect(() => models.mobilenetV1({ alpha: Number.NaN })).toThrow(/alpha is NaN/);
  });
});

describe("small networks", () => {
  it("have their published or documented sizes", () => {
    expect(count(models.lenet())).toBe(61_706);
    expect(count(models.simpleCnn())).toBe(347_146);
    expect(count(models.smallVgg())).toBe(76_658);
    expect(models.lenet().featureShape).toEqual([16, 5, 5]);
  });

  it("give logits, or their feature map without a top", () => {
    expect(outputs(models.lenet({ numClasses: 4 }), [2, 1, 28, 28])).toEqual([2, 4]);
    expect(outputs(models.simpleCnn({ inChannels: 3, inputSize: 9 }), [1, 3, 9, 9])).toEqual([
      1, 10,
    ]);
    expect(outputs(models.lenet({ includeTop: false }), [1, 1, 28, 28])).toEqual([1, 16, 5, 5]);
    const vgg = models.smallVgg({
      widths: [2, 3],
      inputSize: 12,
      batchNorm: false,
      includeTop: false,
    });
    expect(outputs(vgg, [1, 3, 12, 12])).toEqual([1, ...vgg.featureShape]);
  });

  it("refuse inputs too small for their poolings, and unknown options", () => {
    expect(() => models.lenet({ inputSize: 11 })).toThrow(
      /lenet: inputSize is 11; the least is 12/,
    );
    expect(() => models.simpleCnn({ inputSize: 3 })).toThrow(/the least is 4/);
    expect(() => models.smallVgg({ inputSize: 8 })).toThrow(
      /smallVgg: inputSize is 8; the least is 16/,
    );
    expect(() => models.smallVgg({ widths: [] })).toThrow(/at least one block/);
    expect(() => models.lenet(mistyped({ size: 28 }))).toThrow(/lenet.*size/);
  });

  it("get gradients in every layer, none when frozen", async () => {
    const model = models.lenet({ inputSize: 12 });
    (model.forward(randn([3, 1, 12, 12])) as Tensor).square().sum().backward();
    for (const [name, parameter] of model.namedParameters()) {
      const largest = await parameter.grad!.abs().amax().item();
      expect(largest, name).toBeGreaterThan(0);
    }
    transfer.freeze(model);
    expect(model.parameters().some(({ requiresGrad }) => requiresGrad)).toBe(false);
  });
});
