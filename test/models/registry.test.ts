import { describe, expect, it } from "vitest";
import { findPretrained, listPretrained } from "../../src/models/index.ts";

describe("the registry", () => {
  const entries = listPretrained();

  it("has each name once, found however it is written", () => {
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
    expect(findPretrained("VGG16-BN")?.name).toBe("vgg16_bn");
    expect(findPretrained("vgg17")).toBeUndefined();
  });

  it.each(entries.map((entry) => [entry.name, entry] as const))("%s is complete", (_, entry) => {
    const { url, size, sha256, md5, licence, source, input, numClasses, classes } = entry;
    expect(url).toMatch(/^https:\/\//);
    expect(source).toMatch(/^https:\/\//);
    expect(licence).not.toBe("");
    expect(size).toBeGreaterThan(1e6);
    // torchvision's file names end in the first digits of the hash.
    const digits = /-([0-9a-f]{8,10})\.p?th$/.exec(url)?.[1];
    if (sha256?.length !== 64) expect(sha256).toBe(digits);
    else expect(sha256).toMatch(new RegExp(`^${digits ?? ""}[0-9a-f]+$`));
    if (md5 !== undefined) expect(md5).toMatch(/^[0-9a-f]{32}$/);
    expect(input.mean).toHaveLength(input.std.length === 1 ? input.mean.length : 3);
    if (classes) expect(classes).toHaveLength(numClasses);
  });

  it("checks the whole SHA-256 or MD5, but for files of which nobody published either", () => {
    const weak = entries
      .filter(({ sha256, md5 }) => sha256?.length !== 64 && md5 === undefined)
      .map(({ name }) => name);
    expect(weak.sort()).toEqual([
      ...["efficientnet_b1", "efficientnet_b2", "efficientnet_b3"],
      ...["mobilenet_v1_0.25", "mobilenet_v1_0.50", "mobilenet_v1_0.75", "mobilenet_v1_1.0"],
      ...["resnet32", "resnet44", "resnet56", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0"],
      ...["squeezenet1_0", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn"],
      ...["vit_small_patch16_224", "vit_tiny_patch16_224"],
    ]);
  });

  it("has the sizes that the published numbers of parameters ask for", () => {
    const parameters: Record<string, number> = {
      vgg16: 138_357_544,
      vgg19_bn: 143_678_248,
      resnet18: 11_689_512,
      resnet50: 25_557_032,
      mobilenet_v2: 3_504_872,
      squeezenet1_1: 1_235_496,
      vgg16_keras: 14_714_688,
      vgg19_keras: 20_024_384,
      resnet20: 269_722,
      resnet32: 464_154,
      resnet44: 658_586,
      resnet56: 853_018,
      convnext_tiny: 28_589_128,
      vit_tiny_patch16_224: 5_717_416,
      vit_small_patch16_224: 22_050_664,
      alexnet: 61_100_840,
      resnet101: 44_549_160,
      resnet152: 60_192_808,
      mobilenet_v3_large: 5_483_032,
      mobilenet_v3_small: 2_542_856,
      efficientnet_b0: 5_288_548,
      efficientnet_b1: 7_794_184,
      efficientnet_b2: 9_109_994,
      efficientnet_b3: 12_233_232,
      densenet121: 7_978_856,
      shufflenet_v2_x0_5: 1_366_792,
      shufflenet_v2_x1_0: 2_278_604,
    };
    for (const [name, count] of Object.entries(parameters)) {
      const ratio = findPretrained(name)!.size / (4 * count);
      expect(ratio, name).toBeGreaterThan(1);
      expect(ratio, name).toBeLessThan(1.025);
    }
  });
});
