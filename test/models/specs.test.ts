import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/autograd/index.ts";
import {
  findPretrained,
  findSpec,
  listPretrained,
  type ModelSpec,
  modelSpecs,
  specOf,
} from "../../src/models/index.ts";
import { Module } from "../../src/nn/index.ts";
import { fileOfShapes, trunkShapes } from "./files.ts";

type Shapes = Record<string, readonly number[]>;

const recognised = (shapes: Shapes) => {
  const found = specOf(fileOfShapes(shapes));
  return found && { name: found.spec.name, ...found, spec: undefined };
};
const renamed = (shapes: Shapes, rename: (name: string, i: number) => string): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [rename(name, i), shape]));
const layer = (name: string, ...shape: number[]): Shapes => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: [shape[0]],
});

describe("findSpec", () => {
  it("doesn't mind case and separators", () => {
    expect(findSpec("VGG16-BN")?.name).toBe("vgg16_bn");
    expect(findSpec("mobilenetV1")?.name).toBe("mobilenet_v1");
    expect(findSpec("vgg17")).toBeUndefined();
  });

  it("finds each network, which has a name of its own", () => {
    const names = modelSpecs().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(findSpec(name)?.name).toBe(name);
  });
});

describe("specOf", () => {
  const known = modelSpecs().filter(({ trunk }) => trunk !== undefined);

  it.each(known.map(({ name }) => [name]))("knows %s from its tensors", (name) => {
    const shapes = trunkShapes(name);
    expect(recognised(shapes)).toMatchObject({ name, inChannels: 3, top: "none" });
    expect(recognised(renamed(shapes, (own) => `module.model.${own}`))).toMatchObject({ name });
    const counted = { ...shapes, "x.num_batches_tracked": [] };
    expect(recognised(counted)).toMatchObject({ name, top: "none" });
  });

  it("reads width multiplier, channels and the classifier from them", () => {
    const quarter = { ...trunkShapes("mobilenet_v1", 0.25), ...layer("conv_preds", 9, 256, 1, 1) };
    const third = trunkShapes("mobilenet_v2", 0.35);
    expect(recognised(quarter)).toMatchObject({ alpha: 0.25, top: "own", numClasses: 9 });
    expect(recognised(third)).toMatchObject({ name: "mobilenet_v2", alpha: 0.35, top: "none" });
    const grey = { ...trunkShapes("small_vgg", 1, 1), ...layer("classifier.0", 7, 64 * 9) };
    expect(recognised(grey)).toMatchObject({
      name: "small_vgg",
      ...{ inChannels: 1, top: "own", numClasses: 7, inputSize: 48 },
    });
    const squeeze = { ...trunkShapes("squeezenet1_1"), ...layer("classifier.1", 5, 512, 1, 1) };
    expect(recognised(squeeze)).toMatchObject({ top: "own", numClasses: 5 });
  });

  it("tells a VGG's own classifier from one linear layer and from others, in any order of names", () => {
    const trunk = trunkShapes("vgg16");
    const hidden = { ...layer("c.6", 10, 4096), ...layer("c.0", 4096, 25088) };
    const own = { ...hidden, ...layer("c.3", 4096, 4096), ...trunk };
    expect(recognised(own)).toMatchObject({ top: "own", numClasses: 10, inputSize: 224 });
    const one = { ...trunk, ...layer("classifier.0", 6, 512) };
    expect(recognised(one)).toMatchObject({ top: "linear", numClasses: 6, inputSize: 32 });
    const small = { ...trunk, ...layer("c.1", 512, 512), ...layer("c.4", 10, 512) };
    expect(recognised(small)).toMatchObject({ name: "vgg16", top: "other" });
    const decoder = { ...trunk, ...layer("up.0", 256, 512, 3, 3) };
    expect(recognised(decoder)).toMatchObject({ top: "other" });
  });

  it("knows a VGG by Keras' names too", () => {
    const keras = renamed(trunkShapes("vgg16"), (_, i) => {
      return `block${i >> 1}_conv.${i % 2 === 0 ? "weight" : "bias"}`;
    });
    expect(recognised(keras)).toMatchObject({ name: "vgg16", top: "none" });
    const own = { ...layer("fc1", 4096, 25088), ...layer("fc2", 4096, 4096) };
    expect(recognised({ ...keras, ...own, ...layer("predictions", 3, 4096) })).toMatchObject({
      ...{ name: "vgg16", top: "own", numClasses: 3, inputSize: 224 },
    });
    expect(recognised({ ...keras, ...layer("more", 8, 512, 3, 3) })).toBeNull();
  });

  // Networks that go by the same channels and compute something else.
  const others: [string, Shapes][] = [
    [
      "a LeNet, whose tensors don't tell ReLU from tanh",
      {
        ...{ ...layer("features.0", 6, 1, 5, 5), ...layer("features.3", 16, 6, 5, 5) },
        ...{ ...layer("classifier.0", 120, 400), ...layer("classifier.2", 84, 120) },
        ...layer("classifier.4", 10, 84),
      },
    ],
    [
      "Keras' and nsfwjs' MobileNet v2: padded otherwise",
      renamed(trunkShapes("mobilenet_v2"), (name) => name.replace("features.", "block_")),
    ],
    [
      "Teachable Machine's: a MobileNet v2 of 0.35 under two dense layers",
      {
        ...renamed(trunkShapes("mobilenet_v2", 0.35), (name) => name.replace("conv.", "expand_")),
        ...{ ...layer("dense_Dense1", 100, 1280), "dense_Dense2.weight": [3, 100] },
      },
    ],
    [
      "posenet: a MobileNet v1 with its normalisation folded away",
      {
        ...Object.fromEntries(
          Object.entries(trunkShapes("mobilenet_v1")).filter(([name]) => !name.includes("_bn")),
        ),
        ...layer("heatmap_2", 17, 1024, 1, 1),
      },
    ],
    [
      "a ResNet with other kernels",
      { ...trunkShapes("resnet18"), "layer1.0.conv1.weight": [64, 64, 5, 5] },
    ],
    [
      "a ResNet with more blocks than those it has from ours",
      { ...trunkShapes("resnet50"), "layer3.6.conv1.weight": [256, 1024, 1, 1] },
    ],
    ["half a VGG", Object.fromEntries(Object.entries(trunkShapes("vgg16")).slice(0, 8))],
    ["nothing", {}],
  ];
  it.each(others)("takes no other network for one of ours: %s", (_, shapes) => {
    expect(recognised(shapes)).toBeNull();
  });
});

describe("a network of one's own", () => {
  class Tiny extends Module {
    constructor(readonly options: unknown) {
      super();
    }

    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  const tiny: ModelSpec = {
    ...findSpec("small_vgg")!,
    name: "tiny_net",
    build: (options) => new Tiny(options),
    trunk: ({ inChannels }) => ({
      tensors: [
        ["stem.weight", [4, inChannels, 3, 3]],
        ["stem.bias", [4]],
      ],
      channels: 4,
    }),
    sizeOfMap: undefined,
    weights: [{ ...findPretrained("resnet20")!, name: undefined, input: undefined }],
  };
  const specs = [...modelSpecs(), tiny];

  it("is found, recognised, listed and built from its one spec", () => {
    expect(findSpec("Tiny-Net", specs)).toBe(tiny);
    const file = fileOfShapes({ ...layer("net.stem", 4, 1, 3, 3), ...layer("net.head", 3, 4) });
    expect(specOf(file, specs)).toEqual({
      ...{ spec: tiny, inChannels: 1, top: "own", numClasses: 3 },
    });
    expect(listPretrained(specs)).toHaveLength(listPretrained().length + 1);
    const entry = findPretrained("tiny_net", specs);
    expect(entry).toMatchObject({ name: "tiny_net", architecture: "tiny_net", input: tiny.input });
    expect(entry?.build({ numClasses: 2 })).toMatchObject({ options: { numClasses: 2 } });
  });
});
