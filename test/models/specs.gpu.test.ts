// What a network is known by is what it is made of.
import { describe, expect, it } from "vitest";
import { findSpec } from "../../src/models/index.ts";
import { withoutValues } from "../without_values.ts";

describe("a spec's trunk is the network's own", () => {
  const cases: [name: string, alpha?: number, inChannels?: number][] = [
    ["vgg11"],
    ["vgg11_bn"],
    ["resnet18"],
    ["resnet34"],
    ["resnet50"],
    ["resnet20"],
    ["alexnet"],
    ["convnext_tiny"],
    ["vit_tiny_patch16_224"],
    ["vit_small_patch16_224"],
    ["resnet101"],
    ["resnet152"],
    ["resnet32"],
    ["resnet44"],
    ["resnet56"],
    ["mobilenet_v3_large"],
    ["mobilenet_v3_small"],
    ["efficientnet_b0"],
    ["efficientnet_b1"],
    ["efficientnet_b2"],
    ["efficientnet_b3"],
    ["densenet121"],
    ["shufflenet_v2_x0_5"],
    ["shufflenet_v2_x1_0"],
    ["squeezenet1_0"],
    ["squeezenet1_1"],
    ["mobilenet_v1", 1],
    ["mobilenet_v1", 0.33],
    ["mobilenet_v2", 1],
    ["mobilenet_v2", 0.35],
    ["mobilenet_v2", 1.4],
    ["small_vgg", undefined, 1],
  ];
  it.each(cases)("%s %s", (name, alpha, inChannels) => {
    const spec = findSpec(name)!;
    const model = withoutValues(() => spec.build({ includeTop: false, alpha, inChannels }));
    const own = Object.entries(model.stateDict());
    const { tensors } = spec.trunk!({ alpha: alpha ?? 1, inChannels: inChannels ?? 3 });
    const prefix = name === "mobilenet_v1" ? "features." : "";
    expect(Object.fromEntries(tensors.map(([path, shape]) => [prefix + path, shape]))).toEqual(
      Object.fromEntries(own.map(([path, { shape }]) => [path, shape])),
    );
  });

  it("and it refuses options that it has no use for", () => {
    expect(() => findSpec("vgg16")!.build({ inChannels: 1 })).toThrow(/inChannels is 1, .*RGB/);
    expect(() => findSpec("resnet18")!.build({ alpha: 0.5 })).toThrow(/alpha is 0\.5, .*no width/);
  });
});
