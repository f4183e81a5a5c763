import { describe, expect, it } from "vitest";
import { tensor } from "../../../src/autograd/index.ts";
import { transforms } from "../../../src/data/index.ts";
import { largestDifference, noise, pictures, read, type Step, scaleBy } from "./helpers.ts";
import * as ref from "./reference.ts";

const { apply, randomCrop, randomFlip, randomResizedCrop, randomRotation, rescale } = transforms;

describe("random transforms", () => {
  const shape = [64, 1, 6, 6];
  const bytes = noise(64 * 36, 5);
  const originals = pictures(bytes, shape);
  const text = (image: ref.Picture) => JSON.stringify(image);
  const input = () => tensor(Float32Array.from(bytes), { shape });

  it("flip about half of the images, by seed, epoch and position alone", async () => {
    const flip = async (draw: transforms.DrawOptions) => read(apply(input(), randomFlip(), draw));
    const first = await flip({ seed: 1, epoch: 2 });
    const flags = first.map((image, i) => {
      const flipped = text(image) === text(ref.flipHorizontal(originals[i]));
      expect(flipped || text(image) === text(originals[i])).toBe(true);
      return flipped;
    });
    const count = flags.filter(Boolean).length;
    expect(count).toBeGreaterThan(16); // 4 sigma around 32
    expect(count).toBeLessThan(48);
    expect(await flip({ seed: 1, epoch: 2 })).toEqual(first);
    expect(await flip({ seed: 1, epoch: 3 })).not.toEqual(first);
    expect(await flip({ seed: 2, epoch: 2 })).not.toEqual(first);
    expect(await flip({ seed: 1, epoch: 2, position: 64 })).not.toEqual(first);
  });

  it("crop every window of the padded image, and nothing else", async () => {
    const windows = (image: ref.Picture) => {
      const all = new Map<string, string>();
      for (let y = -1; y <= 2; y++)
        for (let x = -1; x <= 2; x++) all.set(text(ref.crop(image, x, y, 5, 5)), `${x},${y}`);
      return all;
    };
    const found = new Set<string | undefined>();
    for (let epoch = 0; epoch < 3; epoch++) {
      const cropped = await read(apply(input(), randomCrop(5, { padding: 1 }), { epoch }));
      for (const [i, image] of cropped.entries()) found.add(windows(originals[i]).get(text(image)));
    }
    expect(found.has(undefined)).toBe(false);
    expect(found.size).toBe(16);
  });

  it("crop windows of the image's own size when none is given", async () => {
    const own = apply(input(), randomCrop({ padding: 2 }), { seed: 4 });
    expect(await read(own)).toEqual(
      await read(apply(input(), randomCrop(6, { padding: 2 }), { seed: 4 })),
    );
    expect(transforms.withoutRandomness(randomCrop({ padding: 2 }))).toEqual([]);
  });

  it("resized crops show a smooth picture's values at plausible places", async () => {
    const ramp = Float32Array.from({ length: 32 * 400 }, (_, i) => i % 20);
    const images = tensor(ramp, { shape: [32, 1, 20, 20] });
    const cropped = await read(apply(images, randomResizedCrop(8, { scale: [0.2, 0.6] })));
    const widths = cropped.map(([plane]) => {
      const step = plane[0][4] - plane[0][3];
      for (const row of plane) expect(row[4] - row[3]).toBeCloseTo(step, 4); // a window with upright edges
      expect(Math.min(...plane.flat())).toBeGreaterThanOrEqual(0);
      expect(Math.max(...plane.flat())).toBeLessThanOrEqual(19);
      return step * 8;
    });
    expect(Math.min(...widths)).toBeGreaterThan(20 * Math.sqrt(0.2 * 0.75) - 1);
    expect(Math.max(...widths)).toBeLessThan(20 * Math.sqrt((0.6 * 4) / 3) + 1);
    expect(new Set(widths.map((width) => width.toFixed(3))).size).toBeGreaterThan(4);
  });

  it("do nothing, or the middle, in evaluation", async () => {
    const list = [
      randomFlip(),
      randomRotation(10),
      rescale(),
      randomCrop(4),
      randomResizedCrop([2, 4]),
    ];
    const evaluated = transforms.withoutRandomness(list);
    const names = evaluated.map((transform) => transform.name);
    expect(names).toEqual(["rescale", "centerCrop", "randomResizedCrop"]);
    const middle: Step[] = [
      (image) => ref.crop(image, 1, 1, 4, 4),
      (image) => ref.resizeBilinear(ref.crop(image, 0, 1, 2, 4), 2, 4),
      scaleBy(1 / 255),
    ];
    const expected = originals.map((image) => middle.reduce((x, step) => step(x), image));
    expect(
      largestDifference(await read(apply(input(), evaluated, { seed: 1 })), expected),
    ).toBeLessThan(1e-5);
    expect(await read(apply(input(), evaluated, { seed: 2 }))).toEqual(
      await read(apply(input(), evaluated, { seed: 1 })),
    );
  });
});
