import { describe, expect, it } from "vitest";
import { gather } from "../../../src/formats/elements/strided.ts";
import {
  countElements,
  lazyTensor,
  permuted,
  undecodable,
} from "../../../src/formats/elements/tensors.ts";
import { failing } from "../../../src/formats/errors.ts";
import { sampleTensors } from "../samples.ts";

const range = (count: number) => Float32Array.from({ length: count }, (_, i) => i);

/** Reads one element at a time, in the order of the result. */
function gathered(
  source: Float32Array,
  shape: number[],
  offset: number,
  strides: number[],
): number[] {
  let positions = [offset];
  shape.forEach((length, dim) => {
    positions = positions.flatMap((at) => Array.from({ length }, (_, i) => at + i * strides[dim]));
  });
  return positions.map((at) => source[at]);
}

describe("gather", () => {
  it.each([
    { shape: [], strides: [], offset: 5 },
    { shape: [7], strides: [3], offset: 1 },
    { shape: [4, 5], strides: [1, 4], offset: 0 },
    { shape: [70, 45], strides: [1, 70], offset: 2 },
    { shape: [33, 65], strides: [65, 1], offset: 0 },
    { shape: [5, 4, 3, 2], strides: [1, 5, 40, 20], offset: 0 },
    { shape: [2, 1, 3], strides: [3, 999, 1], offset: 0 },
    { shape: [3, 4], strides: [0, 1], offset: 6 },
  ])("shape $shape by strides $strides", ({ shape, strides, offset }) => {
    const source = range(4000);
    expect([...gather(source, shape, { offset, strides })]).toEqual(
      gathered(source, shape, offset, strides),
    );
  });

  it("keeps the type and every bit of each dtype", () => {
    for (const { data, dtype } of sampleTensors()) {
      const turned = gather(data, [3, 2], { offset: 0, strides: [1, 3] });
      expect(turned.constructor, dtype).toBe(data.constructor);
      expect([...turned], dtype).toEqual([0, 3, 1, 4, 2, 5].map((at) => data[at]));
    }
  });

  it("gives an empty array for a zero dimension", () => {
    expect(gather(range(4), [2, 0, 3], { offset: 0, strides: [1, 1, 1] })).toEqual(
      new Float32Array(0),
    );
  });
});

it("permuted turns HWIO into OIHW", () => {
  const hwio = lazyTensor({
    name: "kernel",
    shape: [2, 3, 4, 5],
    dtype: "f32",
    bytes: () => new Uint8Array(range(120).buffer),
  });
  const oihw = permuted(hwio, [3, 2, 0, 1]);
  expect(oihw.shape).toEqual([5, 4, 2, 3]);
  // Element [o, i, h, w] is [h, w, i, o] of the file.
  expect(oihw.data()[((4 * 4 + 3) * 2 + 1) * 3 + 2]).toBe(((1 * 3 + 2) * 4 + 3) * 5 + 4);
});

describe("lazyTensor", () => {
  const bytes = new Uint8Array(range(6).buffer);
  const about = { name: "t", shape: [2, 3], dtype: "f32" } as const;

  it("views aligned bytes without copying", () => {
    const data = lazyTensor({ ...about, bytes: () => bytes }).data();
    expect(data.buffer).toBe(bytes.buffer);
  });

  it("copies unaligned bytes", () => {
    const shifted = new Uint8Array(25);
    shifted.set(bytes, 1);
    expect(lazyTensor({ ...about, bytes: () => shifted.subarray(1) }).data()).toEqual(range(6));
  });

  it("swaps big-endian elements", () => {
    const big = new Uint8Array(bytes).reverse();
    const data = lazyTensor({ ...about, bytes: () => big, bigEndian: true }).data();
    expect(data).toEqual(range(6).reverse());
  });
});

it("an undecodable tensor names itself and its type when read", () => {
  const tensor = undecodable("q", [2], "F8_E4M3", failing("m.safetensors", "safetensors"));
  expect(tensor.dtype).toBe("other");
  expect(() => tensor.data()).toThrow(
    'm.safetensors (safetensors): tensor "q": elements of type F8_E4M3 can\'t be decoded. Convert',
  );
});

describe("countElements", () => {
  it.each([
    [[], 1],
    [[2, 3], 6],
    [[2 ** 40, 0, 2 ** 40], 0],
    [[2 ** 30, 2 ** 30], undefined],
    [[-1], undefined],
    [[1.5], undefined],
    [["2"], undefined],
    [[Number.NaN], undefined],
    [new Array(65).fill(1), undefined],
    [[...new Array(60).fill(2 ** 50), 0], undefined],
  ])("%j", (shape, count) => {
    expect(countElements(shape)).toBe(count);
  });
});
