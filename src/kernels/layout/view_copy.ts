import type { Shape } from "../../base/index.ts";
import type { NDArray } from "../array.ts";
import type { Variant } from "../variants/variant.ts";

/** A walk over an array's memory. */
export interface View {
  readonly shape: Shape;
  /** The walk in as few dimensions as possible. */
  readonly dims: readonly number[];
  readonly strides: readonly number[];
  /** Where it starts. */
  readonly offset: number;
}

/** A way to make a dense array of what a view sees. */
export interface ViewCopy extends Variant<View> {
  run(x: NDArray, view: View): NDArray;
}
