import source from "../../../shaders/reduce/arg_reduce.wgsl";
import { launch, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import type { Middle } from "./stage.ts";
import { stageFor } from "./variants.ts";

export interface ArgReduced {
  /** The extreme values, of x's dtype. */
  readonly values: NDArray;
  /** Their positions along the reduced dimension, i32. */
  readonly indices: NDArray;
}

/**
 * The greatest ("max") or smallest values of x, seen as [outer, length, inner], along length, with
 * their positions, both of shape [outer, 1, inner]. Ties go to the first; NaN wins.
 */
export function argReduce(
  op: "max" | "min",
  x: NDArray,
  middle: Middle,
  earlier?: NDArray,
): ArgReduced {
  const { tree, partials, params, groups } = stageFor(middle, x.storage.device);
  const shape = [middle.outer, partials, middle.inner];
  const values = allocate(shape, x.dtype);
  const indices = allocate(shape, "i32");
  const kernel = specialize(source, {
    T: x.dtype,
    LEAST: op === "min",
    INDEXED: earlier !== undefined,
    TREE: tree,
  });
  launch(kernel, { x, earlier: earlier ?? x, values, indices }, params, groups);
  return partials === 1
    ? { values, indices }
    : argReduce(op, values, { ...middle, length: partials }, indices);
}
