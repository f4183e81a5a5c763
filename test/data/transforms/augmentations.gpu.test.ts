// Changes of colour, erasing, policies and mixing against the same in float64, given the same random draws.
import { describe, expect, it } from "vitest";
import { DataLoader, fromArrays, Random, transforms } from "../../../src/data/index.ts";
import { gamma } from "../../../src/data/transforms/gamma.ts";
import { planStages } from "../../../src/data/transforms/plan.ts";
import { firstBatch, largestDifference, noise, pictures, read } from "./helpers.ts";
import * as ref from "./reference.ts";

const { colourJitter, cutmix, mixup, normalize, randAugment, randomErasing, randomFlip, rescale } =
  transforms;
type Pixel = number[];

const SHAPE = [8, 3, 7, 9];
const BYTES = noise(8 * 3 * 7 * 9, 3);
const [MEAN, STD] = [
  [0.4, 0.5, 0.6],
  [0.2, 0.3, 0.25],
];

/** The random numbers of image i in the first batch. */
const randomOf = (i: number) => new Random(0, 0, i, 1);
const unit = (image: ref.Picture) => ref.perPixel(image, (pixel) => pixel.map((v) => v / 255));
const normal = (image: ref.Picture) =>
  ref.perPixel(image, (pixel) => pixel.map((v, c) => (v - MEAN[c]!) / STD[c]!));
const grey = ([r, g, b]: Pixel) => 0.2989 * r! + 0.587 * g! + 0.114 * b!;

const CHANGES: Record<string, (pixel: Pixel, by: number) => Pixel> = {
  brightness: (pixel, by) => pixel.map((v) => v * by),
  contrast: (pixel, by) => pixel.map((v) => 0.5 + by * (v - 0.5)),
  saturation: (pixel, by) => pixel.map((v) => by * v + (1 - by) * grey(pixel)),
  hue: ([r, g, b], by) => {
    const y = 0.299 * r! + 0.587 * g! + 0.114 * b!;
    const [i, q] = [
      0.5959 * r! - 0.2746 * g! - 0.3213 * b!,
      0.2115 * r! - 0.5227 * g! + 0.3112 * b!,
    ];
    const [cos, sin] = [Math.cos(2 * Math.PI * by), Math.sin(2 * Math.PI * by)];
    const [i2, q2] = [cos * i - sin * q, sin * i + cos * q];
    return [y + 0.956 * i2 + 0.619 * q2, y - 0.272 * i2 - 0.647 * q2, y - 1.106 * i2 + 1.703 * q2];
  },
};

async function compare(
  list: transforms.Transform[],
  of: (image: ref.Picture, random: Random) => ref.Picture,
) {
  const [images] = await firstBatch(BYTES, SHAPE, list);
  const expected = pictures(BYTES, SHAPE).map((image, i) => of(image, randomOf(i)));
  const scale = Math.max(1, ...expected.flat(3).map(Math.abs));
  expect(largestDifference(await read(images), expected) / scale).toBeLessThan(2e-5);
  return expected;
}

describe("colourJitter", () => {
  const ranges = {
    brightness: [0.6, 1.4],
    contrast: [0.5, 1.5],
    saturation: [0, 2],
    hue: [-0.2, 0.2],
  } as const;
  const jitter = colourJitter({ brightness: 0.4, contrast: 0.5, saturation: [0, 2], hue: 0.2 });

  function jittered(image: ref.Picture, random: Random): ref.Picture {
    const names = random.shuffle(Object.keys(ranges)) as (keyof typeof ranges)[];
    return names.reduce((picture, name) => {
      const [from, to] = ranges[name];
      const by = from + (to - from) * random.float();
      return ref.perPixel(picture, (pixel) => CHANGES[name]!(pixel, by));
    }, image);
  }

  it("changes each image by its own factors, between flips and normalisation, in one launch", async () => {
    const list = [randomFlip(), rescale(), jitter, normalize(MEAN, STD)];
    expect(planStages(list, [3, 7, 9])).toHaveLength(1);
    await compare(list, (image, random) => {
      const flipped = random.float() < 0.5 ? ref.flipHorizontal(image) : image;
      return normal(jittered(unit(flipped), random));
    });
  });

  it("changes what was filled before it, and not what is filled after", async () => {
    const [left, right] = [transforms.pad(1, { fill: 0.5 }), transforms.pad(2, { fill: 3 })];
    const list = [rescale(), left, jitter, right];
    expect(planStages(list, [3, 7, 9])).toHaveLength(2);
    const padded = (image: ref.Picture, by: number, fill: number) =>
      ref.crop(image, -by, -by, ref.heightOf(image) + 2 * by, ref.widthOf(image) + 2 * by, fill);
    await compare(list, (image, random) =>
      padded(jittered(padded(unit(image), 1, 0.5), random), 2, 3),
    );
  });

  it("leaves the hue and saturation of grey pictures alone, and refuses impossible ranges", async () => {
    const list = [rescale(), colourJitter({ saturation: 0.9, hue: 0.5 })];
    const [images] = await firstBatch(noise(4 * 25), [4, 1, 5, 5], list);
    const expected = pictures(noise(4 * 25), [4, 1, 5, 5]).map(unit);
    expect(largestDifference(await read(images), expected)).toBeLessThan(1e-6);
    expect(() => colourJitter({ hue: 0.7 })).toThrow(/hue must be a range within -0.5 to 0.5/);
    expect(() => colourJitter({ brightness: [2, 1] })).toThrow(/brightness must be a range/);
    expect(transforms.withoutRandomness(jitter)).toEqual([]);
  });
});

describe("randomErasing", () => {
  /** As torchvision draws it. */
  function erased(image: ref.Picture, random: Random, value: Pixel, p: number): ref.Picture {
    const [h, w] = [ref.heightOf(image), ref.widthOf(image)];
    if (random.float() >= p) return image;
    for (let tries = 0; tries < 10; tries++) {
      const area = h * w * (0.02 + 0.31 * random.float());
      const aspect = Math.exp(Math.log(0.3) + (Math.log(3.3) - Math.log(0.3)) * random.float());
      const [eh, ew] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
      if (eh >= h || ew >= w) continue;
      const [top, left] = [random.int(h - eh + 1), random.int(w - ew + 1)];
      const inside = (y: number, x: number) =>
        y >= top && y < top + eh && x >= left && x < left + ew;
      return image.map((plane, c) =>
        plane.map((row, y) => row.map((v, x) => (inside(y, x) ? value[c]! : v))),
      );
    }
    return image;
  }

  it("puts a colour in place of a rectangle, which later colours change; in one launch", async () => {
    const list = [rescale(), randomErasing({ p: 0.8, value: [1, 0, 0.5] }), normalize(MEAN, STD)];
    expect(planStages(list, [3, 7, 9])).toHaveLength(1);
    const results = await compare(list, (image, random) =>
      normal(erased(unit(image), random, [1, 0, 0.5], 0.8)),
    );
    const untouched = pictures(BYTES, SHAPE).map((image) => normal(unit(image)));
    const changed = results.filter(
      (image, i) => largestDifference([image], [untouched[i]!]) > 0.01,
    );
    expect(changed.length).toBeGreaterThan(2);
  });

  it("takes another launch where what was erased would move, or be erased again", async () => {
    const list = [
      rescale(),
      randomErasing({ p: 1 }),
      randomFlip(1),
      randomErasing({ p: 1, value: 2 }),
    ];
    expect(planStages(list, [3, 7, 9])).toHaveLength(2);
    await compare(list, (image, random) => {
      const once = erased(unit(image), random, [0, 0, 0], 1);
      random.float(); // of the flip
      return erased(ref.flipHorizontal(once), random, [2, 2, 2], 1);
    });
    expect(() => randomErasing({ p: 2 })).toThrow(/p must be from 0 to 1/);
  });
});

describe("randAugment", () => {
  const STRENGTH = 9 / 30;
  type Place = readonly [x: number, y: number];

  /** Each change by itself: where it looks, from the middle, and what it makes of colours. */
  function policy(image: ref.Picture, random: Random): ref.Picture {
    const [h, w] = [ref.heightOf(image), ref.widthOf(image)];
    let from = (place: Place): Place => place;
    let colours = (pixel: Pixel) => pixel;
    for (let i = 0; i < 2; i++) {
      const op = random.int(9);
      const by = random.int(2) === 0 ? STRENGTH : -STRENGTH;
      const angle = (by * Math.PI) / 6;
      const looks: ((place: Place) => Place)[] = [
        (place) => place,
        ([x, y]) => [x + 0.3 * by * y, y],
        ([x, y]) => [x, y + 0.3 * by * x],
        ([x, y]) => [x + (150 / 331) * by * w, y],
        ([x, y]) => [x, y + (150 / 331) * by * h],
        ([x, y]) => [
          Math.cos(angle) * x - Math.sin(angle) * y,
          Math.sin(angle) * x + Math.cos(angle) * y,
        ],
      ];
      const [before, look] = [from, looks[op]];
      if (look) from = (place) => before(look(place));
      const change = CHANGES[["brightness", "contrast", "saturation"][op - 6]!];
      const earlier = colours;
      if (change) colours = (pixel) => change(earlier(pixel), 1 + 0.9 * by);
    }
    const warped = ref.warp(image, (x, y) => from([x, y]));
    return ref.perPixel(warped, colours);
  }

  it("does what was drawn at once, in one launch with the rest", async () => {
    const list = [rescale(), randAugment(), normalize(MEAN, STD)];
    expect(planStages(list, [3, 7, 9])).toHaveLength(1);
    await compare(list, (image, random) => normal(policy(unit(image), random)));
  });

  it("refuses what it can't be", () => {
    expect(() => randAugment({ ops: 0 })).toThrow(/ops must be a whole number/);
    expect(() => randAugment({ magnitude: 31 })).toThrow(/magnitude must be from 0 to 30/);
  });
});

describe.each([
  ["mixup", mixup({ alpha: 0.8 })],
  ["cutmix", cutmix()],
] as const)("%s", (_, mix) => {
  const labels = Int32Array.from([0, 3, 1, 2, 2, 0, 1, 3]);
  const transform = [randomFlip(), rescale(), colourJitter({ brightness: 0.5 })];
  const load = async (set: ReturnType<typeof fromArrays>, more: object) => {
    const loader = new DataLoader(set, { batchSize: 8, transform, ...more });
    for await (const batch of loader.batches())
      return {
        images: await read(batch.images),
        labels: [...(await batch.labels.data())],
        targets: [...batch.targets],
      };
    throw new Error("no batch");
  };

  it("blends each image and label with another one's, after all transforms, in their launch", async () => {
    const set = fromArrays(BYTES, [3, 7, 9], labels);
    const [plain, mixed] = [await load(set, { seed: 5 }), await load(set, { seed: 5, mix })];
    const drawn = mix.draw(new Random(5, 0, 0, 2), 8, { height: 7, width: 9 });
    const expected = drawn.map(({ other, within, outside, box: [x0, x1, y0, y1] }, i) => {
      const share = (y: number, x: number) =>
        x >= x0 && x < x1 && y >= y0 && y < y1 ? within : outside;
      return plain.images[i]!.map((plane, c) =>
        plane.map((row, y) =>
          row.map((v, x) => share(y, x) * v + (1 - share(y, x)) * plain.images[other]![c]![y]![x]!),
        ),
      );
    });
    expect(largestDifference(mixed.images, expected)).toBeLessThan(1e-5);
    const shares = drawn.flatMap(({ other, within, outside, box: [x0, x1, y0, y1] }, i) => {
      const area = ((x1 - x0) * (y1 - y0)) / 63;
      const own = area * within + (1 - area) * outside;
      return [0, 1, 2, 3].map(
        (c) => (labels[i] === c ? own : 0) + (labels[other] === c ? 1 - own : 0),
      );
    });
    expect(mixed.labels).toEqual(shares.map((share) => expect.closeTo(share, 6)));
    expect(mixed.targets).toEqual(mixed.labels);
  });

  it("mixes images without transforms, floats, and labels that are shares already", async () => {
    const floats = Float32Array.from(BYTES.subarray(0, 4 * 12));
    const rows = [
      [1, 0],
      [0.5, 0.5],
      [0, 1],
      [1, 1],
    ];
    const set = fromArrays(floats, [3, 2, 2], rows);
    const loader = new DataLoader(set, { batchSize: 4, mix });
    const [draw] = [mix.draw(new Random(0, 0, 0, 2), 4, { height: 2, width: 2 })];
    for await (const { images, targets } of loader.batches()) {
      expect(images.shape).toEqual([4, 3, 2, 2]);
      const {
        other,
        within,
        outside,
        box: [x0, x1, y0, y1],
      } = draw[1]!;
      const area = ((x1 - x0) * (y1 - y0)) / 4;
      const own = area * within + (1 - area) * outside;
      expect(targets[2]).toBeCloseTo(own * 0.5 + (1 - own) * rows[other]![0]!, 6);
    }
  });

  it("refuses images without a class, a function behind it, and an impossible alpha", async () => {
    const set = fromArrays(
      BYTES,
      [3, 7, 9],
      labels.map((label, i) => (i === 2 ? -100 : label)),
    );
    await expect(load(set, { mix, ignoreIndex: -100 })).rejects.toThrow(
      /images without one can't be mixed/,
    );
    const list = { mix, transform: [(images: never) => images] };
    await expect(load(fromArrays(BYTES, [3, 7, 9], labels), list)).rejects.toThrow(
      /mix: images are mixed in/,
    );
    expect(() => mixup({ alpha: 0 })).toThrow(/alpha must be a number above 0/);
  });
});

it("gamma variates have their distribution's mean and variance", () => {
  const random = new Random(3);
  for (const shape of [0.2, 1, 4.5]) {
    const values = Array.from({ length: 20_000 }, () => gamma(random, shape));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(mean / shape).toBeCloseTo(1, 1);
    expect(variance / shape).toBeCloseTo(1, 0);
  }
});
