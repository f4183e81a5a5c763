// What only adapters whose subgroups are quads choose, on any that has subgroups.
import { afterEach, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { allocate, download, upload } from "../../src/kernels/array.ts";
import {
  conv2dForward,
  convShape,
  outputShape,
  setConvAlgorithm,
} from "../../src/kernels/conv2d/index.ts";
import {
  type Correlation,
  tileChunks,
  transformInput,
  winogradFilter,
} from "../../src/kernels/conv2d/winograd_transforms.ts";
import { multiplyBack } from "../../src/kernels/software/kernels.ts";
import { engine } from "../../src/kernels/software.ts";
import { expectClose } from "../ops/compare.ts";
import { uniform } from "../ops/seeded.ts";

const host = (shape: readonly number[], seed: number) =>
  Float32Array.from(
    uniform(
      shape.reduce((all, n) => all * n, 1),
      seed,
    ),
  );
const array = (shape: number[], seed: number) => upload(host(shape, seed), shape, "f32");

function correlation(input: number[], outChannels: number) {
  const shape = convShape(input, [outChannels, input[1]!, 3, 3], { padding: 1 });
  return { shape, seen: { ...shape, padTop: 1, padLeft: 1 } satisfies Correlation };
}

afterEach(() => setConvAlgorithm(null));

it.each([
  [[2, 8, 8, 8], 20, false],
  [[3, 4, 16, 16], 5, true],
  [[1, 12, 6, 24], 33, true],
  [[9, 16, 2, 8], 16, false],
] as const)("products and the way back in one: %j to %i channels", async (input, outputs, relu) => {
  const { shape, seen } = correlation([...input], outputs);
  const [x, w] = [array([...input], 1), array([outputs, input[1], 3, 3], 2)];
  const options = { bias: array([outputs], 3), activation: relu ? "relu" : "none" } as const;
  setConvAlgorithm("product");
  const expected = await download(conv2dForward(x, w, shape, options));
  const u = winogradFilter(w, 2, false, true);
  const out = allocate(outputShape(shape), "f32");
  for (const chunk of tileChunks(seen, 2, 1)) {
    const v = transformInput(x, seen, 2, chunk, true);
    expect(multiplyBack(engine, { u, v, out }, seen, 2, chunk, options)).toBe(true);
  }
  expectClose("forward", await download(out), expected, outputShape(shape), 1e-5);
});

it("what doesn't come in rows of eight, or is another tile, isn't multiplied", () => {
  const device = currentDevice();
  const some = allocate([1], "f32", device);
  for (const [input, M] of [
    [[1, 4, 8, 12], 2],
    [[1, 4, 7, 8], 2],
    [[1, 6, 8, 8], 2],
    [[1, 4, 8, 8], 4],
  ] as const) {
    const { seen } = correlation([...input], 4);
    const [chunk] = tileChunks(seen, M);
    const arrays = { u: some, v: some, out: some };
    expect(multiplyBack(engine, arrays, seen, M, chunk!, {})).toBe(false);
  }
});
