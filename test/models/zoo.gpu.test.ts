// Parameter counts as published (torchvision's and Keras' documentation), names, shapes, gradients
// through every layer, and real weights where they are at hand.
import { describe, expect, it } from "vitest";
import {
  data,
  F,
  formats,
  models,
  type nn,
  noGrad,
  randn,
  type Tensor,
  tensor,
  transfer,
} from "../../src/index.ts";
import { sharedData } from "../shared_data.ts";
import { withoutValues } from "../without_values.ts";

const count = (model: nn.Module) => model.parameters().reduce((sum, { size }) => sum + size, 0);

describe("parameter counts", () => {
  const published: [string, () => nn.Module, number][] = [
    ["resnet18", () => models.resnet18(), 11_689_512],
    ["resnet34", () => models.resnet34(), 21_797_672],
    ["resnet50", () => models.resnet50(), 25_557_032],
    ["resnet101", () => models.resnet101(), 44_549_160],
    ["resnet152", () => models.resnet152(), 60_192_808],
    ["resnet20", () => models.resnet20(), 269_722],
    // The paper rounds these: 0.46, 0.66 and 0.85 million.
    ["resnet32", () => models.resnet32(), 464_154],
    ["resnet44", () => models.resnet44(), 658_586],
    ["resnet56", () => models.resnet56(), 853_018],
    ["alexnet", () => models.alexnet(), 61_100_840],
    ["mobilenetV1", () => models.mobilenetV1(), 4_231_976],
    ["mobilenetV1 0.25", () => models.mobilenetV1({ alpha: 0.25 }), 470_072],
    ["mobilenetV2", () => models.mobilenetV2(), 3_504_872],
    ["mobilenetV3Large", () => models.mobilenetV3Large(), 5_483_032],
    ["mobilenetV3Small", () => models.mobilenetV3Small(), 2_542_856],
    ["efficientnetB0", () => models.efficientnetB0(), 5_288_548],
    ["efficientnetB1", () => models.efficientnetB1(), 7_794_184],
    ["efficientnetB2", () => models.efficientnetB2(), 9_109_994],
    ["efficientnetB3", () => models.efficientnetB3(), 12_233_232],
    ["densenet121", () => models.densenet121(), 7_978_856],
    ["shufflenetV2X0_5", () => models.shufflenetV2X0_5(), 1_366_792],
    ["shufflenetV2X1_0", () => models.shufflenetV2X1_0(), 2_278_604],
    ["convnextTiny", () => models.convnextTiny(), 28_589_128],
    ["vitTinyPatch16_224", () => models.vitTinyPatch16_224(), 5_717_416],
    ["vitSmallPatch16_224", () => models.vitSmallPatch16_224(), 22_050_664],
    ["squeezenet1_0", () => models.squeezenet1_0(), 1_248_424],
    ["squeezenet1_1", () => models.squeezenet1_1(), 1_235_496],
    ["vgg16", () => models.vgg16(), 138_357_544],
    ["vgg19Bn", () => models.vgg19Bn(), 143_678_248],
  ];
  it.each(published)("%s", (_, make, expected) => {
    expect(count(withoutValues(make))).toBe(expected);
  });
});

describe("names and gradients", () => {
  const small: [string, () => models.Backbone, string][] = [
    ["resnet18", () => models.resnet18({ numClasses: 7 }), "layer2.0.downsample.1.running_var"],
    ["resnet20", () => models.resnet20({ numClasses: 7 }), "layer3.2.bn2.weight"],
    [
      "mobilenetV2",
      () => models.mobilenetV2({ numClasses: 7, widthMult: 0.35 }),
      "features.2.conv.1.0.weight",
    ],
    ["squeezenet1_1", () => models.squeezenet1_1({ numClasses: 7 }), "features.3.expand3x3.bias"],
  ];
  it.each(small)("%s", async (_, make, name) => {
    const model = make();
    expect(Object.keys(model.stateDict())).toContain(name);
    const logits = model.forward(randn([2, 3, 64, 64]));
    expect(logits.shape).toEqual([2, 7]);
    F.crossEntropy(logits, tensor(new Int32Array([1, 3]))).backward();
    for (const [path, parameter] of model.namedParameters())
      expect(parameter.grad, path).not.toBeNull();
    expect(transfer.replaceHead(model, 3)).toMatch(/^(fc|linear|classifier)/);
    expect(model.forward(randn([1, 3, 64, 64])).shape).toEqual([1, 3]);
  });
});

describe("real weights", () => {
  const weights = sharedData("weights/cifar10_resnet20/resnet20-12fca82f.th");
  const images = sharedData("cifar10/test_batch.first1000.bin");
  it.skipIf(!weights || !images)(
    "ResNet-20 from a legacy PyTorch file: right about as many lossless test images as in PyTorch",
    { timeout: 300_000 },
    async () => {
      const model = models.resnet20();
      const { missing } = transfer.loadPretrained(model, await formats.loadWeights(weights!));
      expect(missing).toEqual([]);
      model.eval();
      const { rescale, normalize } = data.transforms;
      const transform = [rescale(), normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])];
      const set = data.subset(
        await data.cifar10(images!),
        Array.from({ length: 100 }, (_, i) => i),
      );
      let right = 0;
      for await (const batch of new data.DataLoader(set, { batchSize: 50, transform }).batches()) {
        const labels = await noGrad(() => (model.forward(batch.images) as Tensor).argmax(1)).data();
        right += batch.targets.filter((target, i) => target === labels[i]).length;
      }
      // PyTorch's count; its two largest logits are never closer than 0.26.
      expect(right).toBe(94);
    },
  );
});
