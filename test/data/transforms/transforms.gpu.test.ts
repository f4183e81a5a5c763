import { describe, expect, it } from "vitest";
import { type Tensor, tensor } from "../../../src/autograd/index.ts";
import { transforms } from "../../../src/data/index.ts";
import { check, firstBatch, noise, read, type Step, scaleBy } from "./helpers.ts";
import * as ref from "./reference.ts";

const { apply, centerCrop, grayscale, normalize, pad, randomFlip, randomRotation } = transforms;
const { reorderChannels, rescale, resize, rgbToBgr } = transforms;
type Transform = transforms.Transform;

const LUMA = [0.2989, 0.587, 0.114];

describe("colours", () => {
  it("no transform only unpacks bytes, for any number of channels", async () => {
    for (const shape of [
      [2, 3, 3, 5],
      [1, 1, 1, 1],
      [3, 6, 5, 3],
    ]) {
      const bytes = noise(shape.reduce((product, n) => product * n, 1));
      const [images, labels] = await firstBatch(bytes, shape, []);
      expect(images.shape).toEqual(shape);
      expect(images.dtype).toBe("f32");
      expect(await images.data()).toEqual(Float32Array.from(bytes));
      expect(labels.dtype).toBe("i32");
      expect(labels.shape).toEqual([shape[0]]);
    }
  });

  it("rescale, normalize", async () => {
    await check([rescale()], [scaleBy(1 / 255)]);
    await check([rescale(1 / 127.5, -1)], [scaleBy(1 / 127.5, -1)]);
    const [mean, std] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ];
    await check(
      [rescale(), normalize(mean, std)],
      [(image) => ref.perPixel(image, (p) => p.map((v, c) => (v / 255 - mean[c]) / std[c]))],
    );
    await check([normalize(127, 64)], [scaleBy(1 / 64, -127 / 64)], [2, 4, 3, 3]);
  });

  it("grayscale, reorderChannels, rgbToBgr", async () => {
    const grey: Step = (image) =>
      ref.perPixel(image, (p) => [p[0] * LUMA[0] + p[1] * LUMA[1] + p[2] * LUMA[2]]);
    await check([grayscale()], [grey]);
    await check([grayscale(3)], [grey, (image) => [image[0], image[0], image[0]]]);
    await check([grayscale(3)], [(image) => [image[0], image[0], image[0]]], [2, 1, 3, 4]);
    await check([rgbToBgr()], [(image) => [image[2], image[1], image[0]]]);
    await check(
      [reorderChannels([0, 0, 0])],
      [(image) => [image[0], image[0], image[0]]],
      [2, 1, 5, 5],
    );
    await check(
      [rgbToBgr(), normalize([10, 20, 30], 1), reorderChannels([1])],
      [(image) => [image[1]], scaleBy(1, -20)],
    );
  });
});

describe("geometry", () => {
  it("resize follows PyTorch's bilinear rule up and down", async () => {
    for (const [h, w] of [
      [14, 20],
      [4, 5],
      [7, 10],
      [1, 1],
      [9, 3],
      [21, 31],
    ]) {
      await check([resize([h, w])], [(image) => ref.resizeBilinear(image, h, w)]);
    }
  });

  it("resize follows PyTorch's nearest rule, without rounding slips", async () => {
    for (const [h, w] of [
      [14, 30],
      [4, 5],
      [7, 10],
      [21, 3],
      [49, 70],
    ]) {
      await check(
        [resize([h, w], { interpolation: "nearest" })],
        [(image) => ref.resizeNearest(image, h, w)],
      );
    }
    const flipped: Step[] = [ref.flipHorizontal, (image) => ref.resizeNearest(image, 21, 13)];
    await check([randomFlip(1), resize([21, 13], { interpolation: "nearest" })], flipped);
  });

  it("centerCrop and pad, smaller and larger, odd and even", async () => {
    await check([centerCrop([4, 5])], [(image) => ref.crop(image, 2, 2, 4, 5)]); // (10−5)/2 and (7−4)/2 to even
    await check([centerCrop([2, 7])], [(image) => ref.crop(image, 2, 2, 2, 7)]);
    await check([centerCrop(9, { fill: 7 })], [(image) => ref.crop(image, 0, -1, 9, 9, 7)]);
    await check([pad(2)], [(image) => ref.crop(image, -2, -2, 11, 14)]);
    await check([pad([1, 3], { fill: 5 })], [(image) => ref.crop(image, -3, -1, 9, 16, 5)]);
    await check([pad([1, 0, 2, 3])], [(image) => ref.crop(image, -2, -1, 8, 15)]);
  });

  it("fills with the value it has at that point of the pipeline", async () => {
    const border: Step = (image) => ref.crop(image, -1, -1, 9, 12);
    await check([pad(1), normalize(100, 50)], [border, scaleBy(1 / 50, -2)]);
    await check([normalize(100, 50), pad(1)], [scaleBy(1 / 50, -2), border]);
    await check(
      [pad(1), normalize(100, 50), pad(1)],
      [border, scaleBy(1 / 50, -2), (image) => ref.crop(image, -1, -1, 11, 14)],
    );
  });

  it("rotates counter-clockwise about the centre", async () => {
    await check([randomRotation([90, 90])], [(image) => ref.rotate(image, 90)], [2, 1, 5, 5]);
    const right = [
      [
        [
          [0, 0, 0],
          [0, 0, 9],
          [0, 0, 0],
        ],
      ],
    ];
    const turned = apply(tensor(right), randomRotation([90, 90], { interpolation: "nearest" }));
    expect(await read(turned)).toEqual([
      [
        [
          [0, 9, 0],
          [0, 0, 0],
          [0, 0, 0],
        ],
      ],
    ]);
    await check(
      [randomRotation([30, 30], { fill: 3 })],
      [(image) => ref.rotate(image, 30, false, 3)],
    );
    await check(
      [randomRotation([-20, -20], { interpolation: "nearest" })],
      [(image) => ref.rotate(image, -20, true)],
    );
  });
});

describe("pipelines give what their steps give one after the other", () => {
  const grey: Step = (image) =>
    ref.perPixel(image, (p) => [p[0] * LUMA[0] + p[1] * LUMA[1] + p[2] * LUMA[2]]);
  const cases: [string, Transform[], Step[]][] = [
    [
      "crop, flip, resize, pad, colours",
      [centerCrop([5, 7]), randomFlip(1), resize([10, 9]), rescale(), pad(2), grayscale()],
      [
        (image) => ref.crop(image, 2, 1, 5, 7),
        ref.flipHorizontal,
        (image) => ref.resizeBilinear(image, 10, 9),
        scaleBy(1 / 255),
        (image) => ref.crop(image, -2, -2, 14, 13),
        grey,
      ],
    ],
    [
      "flips both ways after padding unevenly",
      [pad([1, 0, 0, 3], { fill: 9 }), randomFlip({ p: 1, vertical: true })],
      [(image) => ref.crop(image, 0, -1, 8, 13, 9), ref.flipHorizontal, ref.flipVertical],
    ],
    [
      "content cut away doesn't come back with a border",
      [centerCrop([3, 4]), pad(2)],
      [(image) => ref.crop(image, 3, 2, 3, 4), (image) => ref.crop(image, -2, -2, 7, 8)],
    ],
    [
      "resizing twice",
      [resize([13, 4]), resize([5, 11])],
      [(image) => ref.resizeBilinear(image, 13, 4), (image) => ref.resizeBilinear(image, 5, 11)],
    ],
    [
      "resizing a border, after a colour change",
      [pad(1, { fill: 255 }), normalize([1, 2, 3], 2), resize([6, 8])],
      [
        (image) => ref.crop(image, -1, -1, 9, 12, 255),
        (image) => ref.perPixel(image, (p) => p.map((v, c) => (v - c - 1) / 2)),
        (image) => ref.resizeBilinear(image, 6, 8),
      ],
    ],
    [
      "rotating, then cropping beyond the edge",
      [
        randomFlip({ p: 1, horizontal: false, vertical: true }),
        randomRotation([25, 25]),
        pad(3),
        rescale(2, 1),
      ],
      [
        ref.flipVertical,
        (image) => ref.rotate(image, 25),
        (image) => ref.crop(image, -3, -3, 13, 16),
        scaleBy(2, 1),
      ],
    ],
    [
      "rotating a crop",
      [centerCrop([6, 6]), randomRotation([40, 40], { fill: 1 }), centerCrop(4)],
      [
        (image) => ref.crop(image, 2, 0, 6, 6),
        (image) => ref.rotate(image, 40, false, 1),
        (image) => ref.crop(image, 1, 1, 4, 4),
      ],
    ],
  ];
  it.each(cases)("%s", async (_name, transform, steps) => {
    await check(transform, steps);
  });

  it("also with functions of tensors between them", async () => {
    const seen: number[][] = [];
    const look = (images: Tensor) => {
      seen.push(images.shape);
      return images;
    };
    await check(
      [rescale(), look, resize([4, 4]), look],
      [scaleBy(1 / 255), (image) => ref.resizeBilinear(image, 4, 4)],
    );
    expect(seen.slice(0, 2)).toEqual([
      [3, 3, 7, 10],
      [3, 3, 4, 4],
    ]);
  });
});
