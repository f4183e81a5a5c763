import type { NDArray } from "../array.ts";
import { chooseConvAlgorithm, tileSize } from "./algorithm.ts";
import { depthwiseForward, depthwiseInputGradient, depthwiseWeightGradient } from "./depthwise.ts";
import { productForward, productInputGradient, productWeightGradient } from "./product.ts";
import { type ConvShape, checkDtypes, type ForwardOptions } from "./shape.ts";
import { winogradForward, winogradInputGradient, winogradWeightGradient } from "./winograd.ts";

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
  const M = tileSize(algorithm);
  if (M) return winogradForward(x, weight, shape, M, options);
  const direct = algorithm === "depthwise" ? depthwiseForward : productForward;
  return direct(x, weight, shape, options);
}

/** Gradient with respect to the input: dy [N, O, OH, OW] and weight give [N, C, H, W]. */
export function conv2dInputGradient(dy: NDArray, weight: NDArray, shape: ConvShape): NDArray {
  const algorithm = chooseConvAlgorithm(dy.storage.device, shape, { pass: "input" });
  const M = tileSize(algorithm);
  if (M) return winogradInputGradient(dy, weight, shape, M);
  return (algorithm === "depthwise" ? depthwiseInputGradient : productInputGradient)(
    dy,
    weight,
    shape,
  );
}

/** Gradient with respect to the weight: x [N, C, H, W] and dy [N, O, OH, OW] give [O, C/groups, KH, KW]. */
export function conv2dWeightGradient(x: NDArray, dy: NDArray, shape: ConvShape): NDArray {
  const algorithm = chooseConvAlgorithm(x.storage.device, shape, { pass: "weight" });
  const M = tileSize(algorithm);
  if (M) return winogradWeightGradient(x, dy, shape, M);
  return (algorithm === "depthwise" ? depthwiseWeightGradient : productWeightGradient)(
    x,
    dy,
    shape,
  );
}
