import { describe, expect, it } from "vitest";
import { Random } from "../../src/data/index.ts";
import { type ResizeMode, resample, toPlanes } from "../../src/data/resample.ts";

const grey = (width: number, height: number, value: (x: number, y: number) => number) => {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    data.fill(value(i % width, Math.floor(i / width)), 3 * i, 3 * i + 3);
  }
  return { data, width, height };
};

/** One channel of `planes`, row by row. */
const channel = (planes: Uint8Array, c = 0) => {
  const size = planes.length / 3;
  return [...planes.slice(c * size, (c + 1) * size)];
};

/** One output pixel straight from the definition, in float64 and both dimensions at once. */
function reference(
  image: ReturnType<typeof grey>,
  c: number,
  cx: number,
  cy: number,
  rx: number,
  ry: number,
) {
  let sum = 0;
  let total = 0;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const wx = Math.max(0, 1 - Math.abs((x + 0.5 - cx) / rx));
      const wy = Math.max(0, 1 - Math.abs((y + 0.5 - cy) / ry));
      sum += wx * wy * image.data[3 * (y * image.width + x) + c];
      total += wx * wy;
    }
  }
  return sum / total;
}

/** A half goes to the even neighbour. */
function pythonRound(value: number): number {
  return Number.isInteger(value) ? value : 2 * Math.round(value / 2);
}

describe("resample", () => {
  const random = new Random(1);
  const noise = grey(13, 7, () => 0);
  for (let i = 0; i < noise.data.length; i++) noise.data[i] = random.int(256);

  it.each([
    [5, 4],
    [7, 13],
    [20, 30],
    [3, 40],
  ])("agrees with the definition at %i×%i", (height, width) => {
    const planes = resample(noise, height, width, "stretch");
    const [sx, sy] = [13 / width, 7 / height];
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [cx, cy] = [(x + 0.5) * sx, (y + 0.5) * sy];
          const expected = reference(noise, c, cx, cy, Math.max(sx, 1), Math.max(sy, 1));
          expect(Math.abs(planes[(c * height + y) * width + x] - expected)).toBeLessThan(0.501);
        }
      }
    }
  });

  it("changes nothing at the picture's own size", () => {
    for (const mode of ["stretch", "crop", "pad"] as ResizeMode[]) {
      expect(resample(noise, 7, 13, mode)).toEqual(toPlanes(noise));
    }
  });

  it("keeps channels apart", () => {
    const image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 2, height: 1 };
    expect([...toPlanes(image)]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it("takes the centre when cropping", () => {
    const stripes = grey(8, 4, (x) => x);
    expect(channel(resample(stripes, 4, 4, "crop"), 2).slice(0, 4)).toEqual([2, 3, 4, 5]);
    const rows = grey(2, 6, (_x, y) => 10 * y);
    expect(channel(resample(rows, 2, 2, "crop"))).toEqual([20, 20, 30, 30]);
  });

  it.each([
    [13, 7, 5],
    [7, 13, 6],
    [40, 31, 8],
    [9, 9, 12],
  ])(
    "brings the shorter side of %i×%i to %i and takes the centre, as torchvision",
    (w, h, side) => {
      const image = {
        data: new Uint8Array(3 * w * h).map(() => random.int(256)),
        width: w,
        height: h,
      };
      const [rw, rh] = [w, h].map((n) => Math.floor((side * n) / Math.min(w, h)));
      const whole = resample(image, rh!, rw!, "stretch");
      const centre = resample(image, 4, 4, "crop", { shorterSide: side });
      const [left, top] = [pythonRound((rw! - 4) / 2), pythonRound((rh! - 4) / 2)];
      for (let c = 0; c < 3; c++) {
        for (let y = 0; y < 4; y++) {
          for (let x = 0; x < 4; x++) {
            const wanted = whole[(c * rh! + y + top) * rw! + x + left]!;
            expect(Math.abs(centre[(c * 4 + y) * 4 + x]! - wanted)).toBeLessThanOrEqual(1);
          }
        }
      }
    },
  );

  it("puts black around when padding", () => {
    const white = grey(4, 2, () => 200);
    expect(channel(resample(white, 4, 4, "pad"))).toEqual([
      ...[0, 0, 0, 0],
      ...[200, 200, 200, 200],
      ...[200, 200, 200, 200],
      ...[0, 0, 0, 0],
    ]);
    const tall = grey(1, 4, () => 9);
    expect(channel(resample(tall, 2, 2, "pad"), 1)).toEqual([9, 0, 9, 0]);
    expect(
      resample(
        grey(100, 1, () => 5),
        3,
        3,
        "pad",
      ),
    ).toHaveLength(27);
  });
});
