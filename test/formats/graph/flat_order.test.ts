import { describe, expect, it } from "vitest";
import {
  concatenated,
  denseWeight,
  fittingOrder,
  flattenedMap,
  vectorInOrder,
} from "../../../src/formats/graph/flat_order.ts";
import type { WeightTensor } from "../../../src/formats/index.ts";

/** Element i is i. */
function counting(...shape: readonly number[]): WeightTensor {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
  return { name: "w", shape, dtype: "f32", data: () => data };
}

/** Which of the file's elements each of ours is. */
function fileIndex(
  stretches: readonly (readonly [channels: number, positions: number])[],
): number[] {
  const order: number[] = [];
  let start = 0;
  for (const [channels, positions] of stretches) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < positions; p++) order.push(start + p * channels + c);
    }
    start += channels * positions;
  }
  return order;
}

describe("the order of flattened maps", () => {
  it("matters only where there are several channels and positions", () => {
    expect(flattenedMap(1, 9)).toBeUndefined();
    expect(flattenedMap(9, 1)).toBeUndefined();
    expect(flattenedMap(2, 3)).toEqual([{ channels: 2, positions: 3 }]);
  });

  it("turns [in, out] into [out, in] and its columns into our order", () => {
    const order = fileIndex([[3, 4]]);
    const weight = denseWeight(counting(12, 5), { order: flattenedMap(3, 4) });
    expect(weight.shape).toEqual([5, 12]);
    const expected = Array.from({ length: 60 }, (_, i) => order[i % 12] * 5 + Math.floor(i / 12));
    expect([...weight.data()].map(Number)).toEqual(expected);
    const outIn = denseWeight(counting(5, 12), { isOutIn: true, order: flattenedMap(3, 4) });
    expect([...outIn.data()].map(Number)).toEqual(
      Array.from({ length: 60 }, (_, i) => Math.floor(i / 12) * 12 + order[i % 12]),
    );
  });

  it("puts concatenated maps in order, stretch by stretch", () => {
    const joined = concatenated([flattenedMap(2, 3), undefined, flattenedMap(4, 2)], [6, 2, 8]);
    const order = fileIndex([
      [2, 3],
      [2, 1],
      [4, 2],
    ]);
    const weight = denseWeight(counting(16, 3), { order: joined });
    const expected = Array.from({ length: 48 }, (_, i) => order[i % 16] * 3 + Math.floor(i / 16));
    expect([...weight.data()].map(Number)).toEqual(expected);
    expect([...vectorInOrder(counting(16), joined!).data()].map(Number)).toEqual(order);
    expect(concatenated([undefined, undefined], [1, 2])).toBeUndefined();
  });

  it("fills in an open size, and refuses one that doesn't fit", () => {
    expect(fittingOrder([{ channels: 3, positions: null }], 12)).toEqual([
      { channels: 3, positions: 4 },
    ]);
    expect(() => fittingOrder([{ channels: 5, positions: null }], 12)).toThrow("for 12 features");
    expect(() => fittingOrder([{ channels: 3, positions: 5 }], 12)).toThrow("for 12 features");
  });
});
