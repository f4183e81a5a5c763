import type { NDArray } from "../array.ts";
import { type Epilogue, type Finish, partsOf } from "../epilogue.ts";
import { choose } from "../variants/choose.ts";
import type { Convolution, ConvPass, ConvVariant } from "./conv_variant.ts";
import { type ConvShape, checkDtypes } from "./shape.ts";
import { convolutions } from "./variants.ts";

export interface ForwardOptions extends Epilogue {
  /** Nothing is differentiated through this convolution while a network trains. Default false. */
  readonly isFrozen?: boolean;
}

/** x [N, C, H, W] convolved with weight [O, C/groups, KH, KW], bias and activation applied in the same launch. */
export function conv2dForward(
  x: NDArray,
  weight: NDArray,
  shape: ConvShape,
  options: ForwardOptions = {},
): NDArray {
  const { isFrozen = false, ...epilogue } = options;
  checkDtypes(x, weight, epilogue.bias ?? x);
  const problem: Convolution = { pass: "forward", shape, isFrozen, epilogue: partsOf(epilogue) };
  return variantFor(problem, x).forward(x, weight, shape, epilogue);
}

/**
 * Gradient with respect to the input: dy [N, O, OH, OW] and weight give [N, C, H, W].
 * @param finish what may be done to it in the same launch: all of it is, or it isn't asked for.
 */
export function conv2dInputGradient(
  dy: NDArray,
  weight: NDArray,
  shape: ConvShape,
  finish: () => Finish,
): NDArray {
  return variantFor(gradient("input", shape), dy).inputGradient(dy, weight, shape, finish);
}

/** Gradient with respect to the weight: x [N, C, H, W] and dy [N, O, OH, OW] give [O, C/groups, KH, KW]. */
export function conv2dWeightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  return variantFor(gradient("weight", shape), x).weightGradient(x, dy, shape);
}

function gradient(pass: ConvPass, shape: ConvShape): Convolution {
  return { pass, shape, isFrozen: false, epilogue: partsOf({}) };
}

function variantFor(problem: Convolution, { storage }: NDArray): ConvVariant {
  return choose(convolutions, problem, storage.device, problem).variant;
}
