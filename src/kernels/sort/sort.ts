import farSource from "../../../shaders/sort/sort_far.wgsl";
import spanSource from "../../../shaders/sort/sort_span.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { isFloat } from "../dtypes.ts";

/** Pairs that a workgroup sorts in its memory. */
const SPAN = 1024;
const WORKGROUP = 256;

/**
 * For each row, along x's last dimension, the places (i32, x's shape) of its elements in ascending or descending order.
 * Equal ones keep their order; NaN counts as the greatest. A row may have up to 2³⁰ elements: rows that don't fit in a
 * workgroup's memory are merged in further launches, (log² n − log² 1024) / 2 of them.
 */
export function sortedOrder(x: NDArray, descending: boolean): NDArray {
  const length = x.shape.at(-1) ?? 1;
  const rows = x.size / length;
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, length)));
  const isLong = size > SPAN;
  const indices = allocate(x.shape, "i32");
  const pairs = allocate([isLong ? rows * size : 1, 2], "u32");
  const inSpans = (FIRST: boolean, LAST: boolean, stage: number) => {
    const constants = {
      ...{ T: x.dtype, FLOAT: isFloat(x.dtype), SIGNED: x.dtype === "i32" },
      ...{ DESCENDING: descending, FIRST, LAST, WORKGROUP },
    };
    const params = { size, stage, rows, length };
    const groups = linearGrid(rows * size, SPAN);
    launch(specialize(spanSource, constants), { x, pairs, indices }, params, groups);
  };
  inSpans(true, !isLong, 0);
  for (let stage = 2 * SPAN; stage <= size; stage *= 2) {
    for (let distance = stage / 2; distance >= SPAN; distance /= 2) {
      const n = (rows * size) / 2;
      launch(specialize(farSource), { pairs }, { size, stage, n, distance }, linearGrid(n));
    }
    inSpans(false, stage === size, stage);
  }
  return indices;
}
