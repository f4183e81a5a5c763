import type { NDArray } from "../array.ts";
import type { Epilogue, EpilogueParts, Finish } from "../epilogue.ts";
import type { Variant } from "../variants/variant.ts";
import type { ConvShape } from "./shape.ts";

export type ConvPass = "forward" | "input" | "weight";

/** One pass of a convolution, as variants are asked about it. */
export interface Convolution {
  readonly pass: ConvPass;
  readonly shape: ConvShape;
  /** Of forward: nothing is differentiated through this convolution while a network trains. */
  readonly isFrozen: boolean;
  readonly epilogue: EpilogueParts;
}

/** One way to compute a convolution and its gradients; `covers` says which passes. */
export interface ConvVariant extends Variant<Convolution> {
  /** x [N, C, H, W] convolved with weight [O, C/groups, KH, KW], the epilogue in the same launch. */
  forward(x: NDArray, weight: NDArray, shape: ConvShape, epilogue: Epilogue): NDArray;
  /**
   * Gradient with respect to the input: dy [N, O, OH, OW] and weight give [N, C, H, W].
   * @param finish what may be done to it in the same launch: all of it, where it is asked for.
   */
  inputGradient(dy: NDArray, weight: NDArray, shape: ConvShape, finish: () => Finish): NDArray;
  /** Gradient with respect to the weight: x [N, C, H, W] and dy [N, O, OH, OW] give [O, C/groups, KH, KW]. */
  weightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray;
}
