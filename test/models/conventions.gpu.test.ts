import { describe, expect, it } from "vitest";
import { data, models, tensor } from "../../src/index.ts";
import { CONVENTIONS, conventionName, findConvention } from "../../src/models/index.ts";

/** One pixel of so many channels through the transforms. */
async function prepared(
  pixel: readonly number[],
  input: models.PixelConvention & { channels?: number | null },
): Promise<number[]> {
  const images = tensor([...pixel], { shape: [1, pixel.length, 1, 1], dtype: "f32" });
  const steps = models.transformsOf(input, pixel.length);
  return [...(await data.transforms.apply(images, steps).data())].map(Number);
}

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 4));

describe("transformsOf", () => {
  it("brings pixels to the numbers that networks were trained on", async () => {
    const pixel = [255, 51, 0];
    expect(await prepared(pixel, CONVENTIONS.unit)).toEqual(close([1, 0.2, 0]));
    expect(await prepared(pixel, CONVENTIONS.signed)).toEqual(close([1, -0.6, -1]));
    expect(await prepared(pixel, CONVENTIONS.bytes)).toEqual(close(pixel));
    expect(await prepared(pixel, CONVENTIONS.caffe)).toEqual(
      close([0 - 103.939, 51 - 116.779, 255 - 123.68]),
    );
    expect(await prepared(pixel, CONVENTIONS.imagenet)).toEqual(
      close([(1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, (0 - 0.406) / 0.225]),
    );
  });

  it("takes the mean of three channels' numbers for grey images, which have no order", async () => {
    expect(await prepared([255], CONVENTIONS.mnist)).toEqual(close([(1 - 0.1307) / 0.3081]));
    const mean = (103.939 + 116.779 + 123.68) / 3;
    expect(await prepared([100], CONVENTIONS.caffe)).toEqual(close([100 - mean]));
  });

  it("is what a network's own weights ask for", async () => {
    const { input } = models.findPretrained("mobilenet_v1_0.25")!;
    expect(await prepared([0, 127.5, 255], input)).toEqual(close([-1, 0, 1]));
    expect(models.pictureOptions(input)).toEqual({
      ...{ size: 224, resize: "crop", shorterSide: undefined, antialias: false },
    });
    const { input: torch } = models.findPretrained("resnet18")!;
    expect(models.pictureOptions(torch)).toMatchObject({ size: 224, shorterSide: 256 });
  });
});

describe("conventions", () => {
  it("have names", () => {
    expect(findConvention("caffe")?.order).toBe("bgr");
    expect(findConvention("toString")).toBeUndefined();
    expect(conventionName({ order: "rgb", scale: 1 / 127.5, mean: [1], std: [1] })).toBe("signed");
    expect(conventionName({ order: "rgb", scale: 2, mean: [1], std: [1] })).toBeUndefined();
    for (const { input } of models.modelSpecs()) expect(conventionName(input)).toBeDefined();
  });
});
