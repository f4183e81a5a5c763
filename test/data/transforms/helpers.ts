// Batches of noise, and the comparison of a pipeline with the reference's steps.
import { expect } from "vitest";
import { type Tensor, tensor } from "../../../src/autograd/index.ts";
import { DataLoader, fromArrays, Random, transforms } from "../../../src/data/index.ts";
import * as ref from "./reference.ts";

type Transform = transforms.Transform;
export type Step = (image: ref.Picture) => ref.Picture;

/** Noise bytes. */
export function noise(length: number, seed = 1): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.int(256));
}

export function pictures(values: ArrayLike<number>, [n, c, h, w]: number[]): ref.Picture[] {
  const row = (i: number) => Array.from({ length: w }, (_, x) => values[i * w + x]);
  const plane = (i: number) => Array.from({ length: h }, (_, y) => row(i * h + y));
  return Array.from({ length: n }, (_, i) => Array.from({ length: c }, (_, k) => plane(i * c + k)));
}

export async function read(images: Tensor): Promise<ref.Picture[]> {
  return pictures(await images.data(), images.shape);
}

export function largestDifference(a: ref.Picture[], b: ref.Picture[]): number {
  const [x, y] = [a.flat(3), b.flat(3)];
  expect(x.length).toBe(y.length);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i])), 0);
}

export async function firstBatch(
  bytes: Uint8Array,
  shape: number[],
  transform: readonly Transform[],
) {
  const [n, ...one] = shape;
  const set = fromArrays(bytes, one, Array(n).fill(0));
  const { value } = await new DataLoader(set, { batchSize: n, transform })
    [Symbol.asyncIterator]()
    .next();
  if (!value) throw new Error("no batch");
  return value;
}

/** Runs bytes and floats through the transforms and compares both with the reference's steps. */
export async function check(
  transform: readonly Transform[],
  steps: readonly Step[],
  shape = [3, 3, 7, 10],
) {
  const bytes = noise(shape.reduce((product, n) => product * n, 1));
  const expected = pictures(bytes, shape).map((image) => steps.reduce((x, step) => step(x), image));
  const scale = Math.max(1, ...expected.flat(3).map(Math.abs));
  const [fromBytes] = await firstBatch(bytes, shape, transform);
  expect(fromBytes.shape).toEqual([
    shape[0],
    expected[0].length,
    ref.heightOf(expected[0]),
    ref.widthOf(expected[0]),
  ]);
  expect(largestDifference(await read(fromBytes), expected) / scale).toBeLessThan(2e-5);
  const fromFloats = transforms.apply(tensor(Float32Array.from(bytes), { shape }), transform);
  expect(largestDifference(await read(fromFloats), expected) / scale).toBeLessThan(2e-5);
}

export const scaleBy =
  (factor: number, offset = 0): Step =>
  (image) =>
    ref.perPixel(image, (pixel) => pixel.map((value) => value * factor + offset));
