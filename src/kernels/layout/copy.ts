import source from "../../../shaders/layout/copy.wgsl";
import { shapeText } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, BYTES, type NDArray } from "../array.ts";

/** Overwrites `to` with the values of `from`, which has the same number of elements and dtype. */
export function copyInto(to: NDArray, from: NDArray): void {
  if (to.size !== from.size || to.dtype !== from.dtype) {
    throw new Error(
      `copy: ${from.dtype} ${shapeText(from.shape)} doesn't fit ${to.dtype} ${shapeText(to.shape)}`,
    );
  }
  if (to.storage === from.storage) return;
  const words = Math.ceil((to.size * BYTES[to.dtype]) / 4);
  launch(specialize(source), { source: from, target_words: to }, { words }, linearGrid(words));
}

/** A new array with the same values. */
export function copy(from: NDArray): NDArray {
  const to = allocate(from.shape, from.dtype);
  copyInto(to, from);
  return to;
}
