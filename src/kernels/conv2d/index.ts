import type { NDArray } from "../array.ts";
import { type ConvAlgorithm, chooseConvAlgorithm, tileSize } from "./algorithm.ts";
import { depthwise } from "./depthwise.ts";
import { product } from "./product.ts";
import { type ConvKernels, type ConvShape, checkDtypes, type ForwardOptions } from "./shape.ts";
import { winograd } from "./winograd.ts";

export {
  type ConvAlgorithm,
  setConvAlgorithm,
  setWinograd,
  setWinogradTiles,
} from "./algorithm.ts";
export {
  type Conv2dOptions,
  type ConvShape,
  convShape,
  type ForwardOptions,
  inputShape,
  outputShape,
  weightShape,
} from "./shape.ts";

function kernelsOf(algorithm: ConvAlgorithm): ConvKernels {
  const M = tileSize(algorithm);
  if (M) return winograd(M);
  return algorithm === "depthwise" ? depthwise : product;
}

/** x [N, C, H, W] convolved with weight [O, C/groups, KH, KW], bias and activation applied in the same launch. */
export function conv2dForward(
  x: NDArray,
  weight: NDArray,
  shape: ConvShape,
  options: ForwardOptions = {},
): NDArray {
  checkDtypes(x, weight, options.bias ?? x);
  const { isFrozen } = options;
  const algorithm = chooseConvAlgorithm(x.storage.device, shape, { pass: "forward", isFrozen });
  return kernelsOf(algorithm).forward(x, weight, shape, options);
}

/** Gradient with respect to the input: dy [N, O, OH, OW] and weight give [N, C, H, W]. */
export function conv2dInputGradient(dy: NDArray, weight: NDArray, shape: ConvShape): NDArray {
  const algorithm = chooseConvAlgorithm(dy.storage.device, shape, { pass: "input" });
  return kernelsOf(algorithm).inputGradient(dy, weight, shape);
}

/** Gradient with respect to the weight: x [N, C, H, W] and dy [N, O, OH, OW] give [O, C/groups, KH, KW]. */
export function conv2dWeightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const algorithm = chooseConvAlgorithm(x.storage.device, shape, { pass: "weight" });
  return kernelsOf(algorithm).weightGradient(x, dy, shape);
}
