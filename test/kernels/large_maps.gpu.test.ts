/**
 * Convolutions of one large image on a device that binds 128 MiB, as WebGPU promises and no more: what each of its
 * pixels sees wouldn't fit into one binding. All three passes against the definition, where it is asked.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { F, type Tensor, tensor } from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { type ConvShape, convShape, outputShape } from "../../src/kernels/conv2d/shape.ts";
import { uniform } from "../ops/seeded.ts";
import { leastDevice, useDevice } from "../profiles.ts";

const before = currentDevice();

beforeAll(async () => useDevice(await leastDevice()));
afterAll(() => useDevice(before));

/** Images, filters or gradients on the host. */
type Host = { readonly data: Float32Array; readonly shape: readonly number[] };

function host(shape: readonly number[], seed: number): Host {
  const size = shape.reduce((all, n) => all * n, 1);
  return { data: Float32Array.from(uniform(size, seed)), shape };
}

const at = (
  { data, shape: [, c = 1, h = 1, w = 1] }: Host,
  i: number,
  j: number,
  y: number,
  x: number,
) => (y < 0 || x < 0 || y >= h || x >= w ? 0 : data[((i * c + j) * h + y) * w + x]!);

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** The definition of each pass, at one place of its result. */
function definition(s: ConvShape, x: Host, w: Host, dy: Host) {
  const [kh, kw] = s.window.kernel;
  const [sh, sw] = s.window.stride;
  const [top, , left] = s.window.pads;
  const taps = range(kh).flatMap((i) => range(kw).map((j) => [i, j] as const));
  return {
    forward: (_: number, o: number, y: number, q: number) =>
      sum(
        range(s.channels).flatMap((c) =>
          taps.map(
            ([i, j]) => at(w, o, c, i, j) * at(x, 0, c, y * sh - top + i, q * sw - left + j),
          ),
        ),
      ),
    input: (_: number, c: number, y: number, q: number) =>
      sum(
        range(s.outChannels).flatMap((o) =>
          taps.map(([i, j]) => {
            const [from, to] = [(y + top - i) / sh, (q + left - j) / sw];
            const isHit = Number.isInteger(from) && Number.isInteger(to);
            return isHit ? at(w, o, c, i, j) * at(dy, 0, o, from, to) : 0;
          }),
        ),
      ),
    weight: (o: number, c: number, i: number, j: number) =>
      sum(
        range(s.outHeight).flatMap((y) =>
          range(s.outWidth).map(
            (q) => at(dy, 0, o, y, q) * at(x, 0, c, y * sh - top + i, q * sw - left + j),
          ),
        ),
      ),
  };
}

type Place = (a: number, b: number, c: number, d: number) => number;

/** Compares a result with what it should be in some places, its corners among them. */
async function expectPlaces(result: Tensor, expected: Place, tolerance: number, count = 60) {
  const data = await result.data();
  const size = data.length;
  const picks = uniform(count - 2, 9).map((u) => Math.floor(((u + 1) / 2) * size));
  for (const flat of [0, size - 1, ...picks]) {
    const [, b, c, d] = result.shape as [number, number, number, number];
    const [row, x] = [Math.floor(flat / d), flat % d];
    const [plane, y] = [Math.floor(row / c), row % c];
    const value = expected(Math.floor(plane / b), plane % b, y, x);
    expect(Math.abs(data[flat]! - value), `${result.shape} [${flat}]`).toBeLessThan(tolerance);
  }
}

describe("an image whose columns are larger than a binding", () => {
  const cases: [number[], number[], { padding: number; stride?: number }][] = [
    [[1, 64, 244, 244], [64, 64, 3, 3], { padding: 1 }],
    [[1, 8, 296, 296], [8, 8, 7, 7], { padding: 3 }],
    [[1, 64, 484, 484], [16, 64, 3, 3], { padding: 1, stride: 2 }],
  ];
  it.each(cases)("%j * %j %j", { timeout: 300_000 }, async (input, weight, options) => {
    expect(currentDevice().limits.maxStorageBufferBindingSize).toBe(2 ** 27);
    const s = convShape(input, weight, options);
    const [x, w, dy] = [host(input, 1), host(weight, 2), host(outputShape(s), 3)];
    const columns = 4 * s.channels * weight[2]! * weight[3]! * s.outHeight * s.outWidth;
    expect(columns).toBeGreaterThan(2 ** 27);

    const image = tensor(x.data, { shape: input, requiresGrad: true });
    const filters = tensor(w.data, { shape: weight, requiresGrad: true });
    const out = F.conv2d(image, filters, null, options);
    const { forward, input: dx, weight: dw } = definition(s, x, w, dy);
    await expectPlaces(out, forward, 1e-3);
    out.backward(tensor(dy.data, { shape: dy.shape }));
    await expectPlaces(image.grad!, dx, 1e-3);
    await expectPlaces(filters.grad!, dw, 2e-2, 20);
  });
});
