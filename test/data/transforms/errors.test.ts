import { describe, expect, it } from "vitest";
import { DataLoader, type ImageShape, transforms } from "../../../src/data/index.ts";
import { planStages } from "../../../src/data/transforms/plan.ts";
import { mistyped } from "../../mistyped.ts";
import { toy } from "../toy_dataset.ts";

const t = transforms;
type Fusable = transforms.ColourTransform | transforms.GeometryTransform;
const plan = (list: Fusable[], shape: ImageShape = [3, 32, 32]) => planStages(list, shape);

describe("planStages", () => {
  it("fuses the usual augmentation into one launch", () => {
    const usual = [
      t.randomCrop(32, { padding: 4 }),
      t.randomFlip(),
      t.rescale(),
      t.normalize(0.5, 0.5),
    ];
    expect(plan(usual)).toHaveLength(1);
    expect(
      plan([t.resize(40), t.randomCrop(32), t.randomFlip(), t.rgbToBgr(), t.rescale()]),
    ).toHaveLength(1);
    expect(plan([t.randomResizedCrop(24), t.randomFlip(), t.grayscale()])).toHaveLength(1);
    expect(plan([t.randomRotation(10), t.randomCrop(28), t.pad(2)])).toHaveLength(1);
    expect(plan([])).toHaveLength(1);
  });

  it("takes another launch only where one can't do", () => {
    expect(plan([t.resize(40), t.resize(20)])).toHaveLength(2);
    expect(plan([t.pad(2), t.resize(20), t.randomFlip()])).toHaveLength(2);
    expect(plan([t.pad(2), t.rescale(1, 1), t.pad(1)])).toHaveLength(2);
    expect(plan([t.pad(2), t.rescale(2, 0), t.pad(1)])).toHaveLength(1); // 0 stays 0
  });

  it("names what doesn't fit the images", () => {
    expect(() => plan([t.randomCrop(40, { padding: 2 })])).toThrow(
      "randomCrop: a window of 40×40 doesn't fit into 36×36 (height × width, with padding)",
    );
    expect(() => plan([t.normalize([1, 2], 1)])).toThrow(
      "normalize: 2 numbers for mean or std, but the images have 3 channels",
    );
    expect(() => plan([t.grayscale()], [4, 8, 8])).toThrow(
      "takes RGB images, these have 4 channels",
    );
    expect(() => plan([t.rgbToBgr()], [1, 8, 8])).toThrow("no channel 2 in images of 1 channels");
    expect(() => plan([t.rescale()], [5, 8, 8])).toThrow(
      "images of 5 channels; at most 4 are supported",
    );
    expect(() => plan([t.reorderChannels([0, 1, 2, 0, 1])])).toThrow(
      "reorderChannels: images of 5 channels",
    );
  });
});

describe("making transforms", () => {
  it.each([
    [() => t.resize(0), "resize: size must be pixels or [height, width], got 0"],
    [() => t.resize(mistyped([3, 4.5])), "got [3,4.5]"],
    [
      () => t.resize(8, { interpolation: mistyped("cubic") }),
      'interpolation must be "bilinear" or "nearest", got "cubic"',
    ],
    [
      () => t.resize(8, mistyped({ mode: "nearest" })),
      'resize: unknown option "mode"; the options are interpolation',
    ],
    [
      () => t.pad(-1),
      "pad: padding must be pixels, [vertical, horizontal] or [top, bottom, left, right], got -1",
    ],
    [() => t.pad([1, 2, 3]), "got [1,2,3]"],
    [
      () => t.randomCrop(mistyped({ pading: 4 })),
      'randomCrop: unknown option "pading"; the options are padding, fill',
    ],
    [() => t.randomCrop(0), "randomCrop: size must be pixels"],
    [() => t.randomFlip(1.5), "randomFlip: p must be from 0 to 1, got 1.5"],
    [() => t.randomRotation([20, 10]), "degrees must be a range, got 20 to 10"],
    [() => t.randomResizedCrop(8, { scale: [0, 1] }), "must be ranges above 0, got 0 to 1"],
    [() => t.normalize(0, [1, 0, 1]), "normalize: std is 0"],
    [() => t.normalize(Number.NaN, 1), "normalize: mean: expected finite numbers, got [null]"],
    [() => t.rescale(Number.POSITIVE_INFINITY), "rescale: expected finite numbers"],
    [() => t.normalize(mistyped({ mean: 0.5 })), "normalize: std: expected finite numbers"],
    [
      () => t.normalize(mistyped({ mean: 0.5, sd: 1 })),
      'normalize: unknown option "sd"; the options are mean, std',
    ],
    [() => t.resize(mistyped({ size: "8" })), 'size must be pixels or [height, width], got "8"'],
    [() => t.resize(mistyped(null)), "size must be pixels or [height, width], got null"],
    [() => t.grayscale(mistyped(2)), "channels must be 1 or 3, got 2"],
    [() => t.reorderChannels([]), "expected channel numbers, got []"],
  ])("refuses what can't be %#", (make, message) => {
    expect(make).toThrow(message);
  });

  it("takes what it needs in order or by name", () => {
    const image = { height: 9, width: 8 };
    expect(t.rescale({ scale: 2, offset: 1 }).map(3)).toEqual(t.rescale(2, 1).map(3));
    expect(t.rescale({ offset: 1 }).map(1)).toEqual({ matrix: [[1 / 255]], bias: [1] });
    const [mean, std] = [[1, 2, 3], 4];
    expect(t.normalize({ mean, std }).map(3)).toEqual(t.normalize(mean, std).map(3));
    for (const size of [[4, 5], { height: 4, width: 5 }] as const) {
      const made = [
        t.resize(size),
        t.resize({ size }),
        t.centerCrop(size),
        t.centerCrop({ size }),
        t.randomCrop(size),
        t.randomCrop({ size }),
        t.randomResizedCrop(size),
        t.randomResizedCrop({ size }),
      ];
      for (const transform of made) expect(transform.size(image)).toEqual({ height: 4, width: 5 });
    }
    expect(t.resize({ size: 3, interpolation: "nearest" }).interpolation).toBe("nearest");
    expect(t.centerCrop({ size: 10, fill: 7 }).fill(image)).toBe(7);
    expect(t.randomCrop({ size: 10, padding: 1 }).size(image)).toEqual({ height: 10, width: 10 });
    expect(t.randomCrop({ padding: 1 }).size(image)).toEqual(image);
  });

  it("a loader names what is no transform", () => {
    const loader = (transform: unknown) => () =>
      new DataLoader(toy([0]), { transform: mistyped(transform) });
    expect(loader([t.rescale(), "flip"])).toThrow("transform 1: expected one of data.transforms");
    expect(loader(() => 1)).toThrow("takes no images; did you mean");
    expect(loader([null])).toThrow("transform 0: expected one of data.transforms");
    expect(() => new DataLoader(toy([0]), mistyped({ transforms: [] }))).toThrow(
      'DataLoader: unknown option "transforms"; the options are batchSize, shuffle, seed, dropLast, minBatch, ignoreIndex, sampler, prefetch, transform',
    );
  });
});
