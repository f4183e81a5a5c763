import { describe, expect, it } from "vitest";
import { data, explain, models, nn, randn, tensor, transfer } from "../../src/index.ts";
import { uniform } from "../golden/weights.ts";
import { expectClose } from "../ops/compare.ts";
import { golden, network } from "./network.ts";

const images = () => tensor(uniform("explain/images", [3, 3, 8, 10])).reshape([3, 3, 8, 10]);
const flat = (maps: explain.HeatMap[]) => maps.flatMap(({ values }) => [...values]);

describe("gradCam", () => {
  it.each(golden.gradCam)("is PyTorch's at layer $layer for classes $classes", async (given) => {
    const { layer, classes, shape, maps } = given;
    const found = await explain.gradCam(network(), images(), { layer, classes });
    expect(found.map(({ height, width }) => [height, width])).toEqual(
      [0, 1, 2].map(() => shape.slice(1)),
    );
    expectClose("map", flat(found), maps, shape, 1e-4);
  });

  it("asks about what is predicted, at the last map of the size of the last convolution's", async () => {
    const [wanted] = golden.gradCam;
    const found = await explain.gradCam(network(), images(), { batchSize: 2 });
    expectClose("map", flat(found), wanted!.maps, wanted!.shape, 1e-4);
  });

  it("takes a dataset, with what its pictures go through", async () => {
    const pixels = uniform("explain/images", [3, 3, 8, 10]).map((value) => 4 * value + 1);
    const set = data.fromArrays(pixels, [3, 8, 10], [0, 1, 2]);
    const transform = data.transforms.normalize([1, 1, 1], [4, 4, 4]);
    const found = await explain.gradCam(network(), set, {
      transform,
      classes: [3, 0, 2],
      batchSize: 2,
    });
    const wanted = golden.gradCam.find(({ classes, layer }) => layer === "4" && classes[0] === 3)!;
    expectClose("map", flat(found), wanted.maps, wanted.shape, 1e-4);
  });

  it("leaves the model as it was: mode, what is trained, gradients, hooks", async () => {
    const model = network().train();
    transfer.freeze(model, "0");
    await explain.gradCam(model, images());
    expect(model.modules().every(({ training }) => training)).toBe(true);
    expect(model.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
    expect(Object.hasOwn(model.get("4"), "forward")).toBe(false);
  });

  it.each([
    ["ResNet", () => models.resnet20({ numClasses: 3 }), 8],
    ["SqueezeNet", () => models.squeezenet1_1({ numClasses: 3, inputSize: 32 }), 1],
    [
      "MobileNet v2",
      () => models.mobilenetV2({ numClasses: 3, inputSize: 64, widthMult: 0.25 }),
      2,
    ],
  ] as const)("finds the map of %s by itself", async (_, build, side) => {
    const model = build();
    const size = "inputShape" in model ? model.inputShape[1] : 32;
    const [map] = await explain.gradCam(model as nn.Module, randn([1, 3, size, size]));
    expect(map!.height).toBeGreaterThanOrEqual(side);
    expect(map!.values.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it("says what can't be asked", async () => {
    const ask = (options: explain.GradCamOptions, model: nn.Module = network()) =>
      explain.gradCam(model, images(), options);
    await expect(ask({ layer: "7" })).rejects.toThrow(/"7" gives \[1, 4\]; name a layer/);
    await expect(ask({ layer: "9" })).rejects.toThrow(/"9"/);
    await expect(ask({ classes: [0, 4, 0] })).rejects.toThrow(
      /class 4 of image 1 is none of the model's 4/,
    );
    const linear = new nn.Sequential(new nn.Flatten(), new nn.Linear(240, 2));
    await expect(ask({}, linear)).rejects.toThrow(/ask occlusion/);
  });
});
