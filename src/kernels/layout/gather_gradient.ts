import type { NDArray } from "../array.ts";
import type { Variant } from "../variants/variant.ts";

/** Where the indices of a gather lie. */
export interface GatherLayout {
  /** Elements of x along the dimension, elements behind one of them, and indices per line. */
  readonly length: number;
  readonly inner: number;
  readonly count: number;
  readonly index_stride_outer: number;
  readonly index_stride_j: number;
  readonly index_stride_inner: number;
}

/** The gradient of `gatherAlong`, as variants are asked about it. */
export interface GatherGradient {
  readonly layout: GatherLayout;
  /** Of x. */
  readonly elements: number;
  /** Whether all lines share their indices. */
  readonly isList: boolean;
}

/** A way to sum for each element of x what was taken from it, in a fixed order. */
export interface GatherGradientVariant extends Variant<GatherGradient> {
  /** Writes all of dx. */
  run(dy: NDArray, indices: NDArray, dx: NDArray, problem: GatherGradient): void;
}
