// The functions of tensors, `F` to users. Names and meaning are PyTorch's, in camelCase.
export {
  elu,
  gelu,
  hardsigmoid,
  hardswish,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  silu,
  tanh,
} from "./ops/activations.ts";
export { add, div, mul, sub } from "./ops/arithmetic.ts";
export { clamp } from "./ops/clamp.ts";
export { type Conv2dOptions, conv2d } from "./ops/conv2d.ts";
export { type CrossEntropyOptions, crossEntropy } from "./ops/cross_entropy.ts";
export { maximum, minimum } from "./ops/extremes.ts";
export { linear } from "./ops/linear.ts";
export { abs, exp, log, neg, sqrt, square } from "./ops/math.ts";
export { matmul } from "./ops/matmul.ts";
export { type MaxPool2dOptions, maxPool2d } from "./ops/max_pool2d.ts";
export { type NllLossOptions, nllLoss } from "./ops/nll_loss.ts";
export { pow } from "./ops/pow.ts";
