/**
 * Initial weights: each function overwrites a tensor in place, outside any graph, and returns it.
 *
 * @module
 */
import type { Tensor } from "../autograd/index.ts";
import { drawNormal, drawUniform, fillWith } from "../kernels/index.ts";

/** Uniform in [low, high). */
export function uniform_(tensor: Tensor, low = 0, high = 1): Tensor {
  drawUniform(tensor.array, low, high);
  return tensor;
}

/** Draws from the normal distribution, in place. */
export function normal_(tensor: Tensor, mean = 0, std = 1): Tensor {
  drawNormal(tensor.array, mean, std);
  return tensor;
}

/** Fills with a value, in place. */
export function constant_(tensor: Tensor, value: number): Tensor {
  fillWith(tensor.array, value);
  return tensor;
}

/** Fills with 0, in place. */
export const zeros_ = (tensor: Tensor): Tensor => constant_(tensor, 0);
/** Fills with 1, in place. */
export const ones_ = (tensor: Tensor): Tensor => constant_(tensor, 1);

/** Inputs to and outputs from one unit of a weight [out, in, …]. */
export function fans(tensor: Tensor): { fanIn: number; fanOut: number } {
  const [out, inputs, ...kernel] = tensor.shape;
  if (out === undefined || inputs === undefined) {
    throw new Error(
      `fans need a weight of at least two dimensions; this one has shape [${tensor.shape}]`,
    );
  }
  const receptive = kernel.reduce((product, n) => product * n, 1);
  return { fanIn: inputs * receptive, fanOut: out * receptive };
}

export interface KaimingOptions {
  mode?: "fanIn" | "fanOut";
  /** Negative slope of the leaky ReLU that follows; 0 is ReLU. */
  a?: number;
}

/** He et al. 2015, https://arxiv.org/abs/1502.01852: std = √(2 / (1 + a²) / fan). */
export function kaimingNormal_(
  tensor: Tensor,
  { mode = "fanIn", a = 0 }: KaimingOptions = {},
): Tensor {
  return normal_(tensor, 0, Math.sqrt(2 / (1 + a * a) / fans(tensor)[mode]));
}

/** He's initialisation (He et al. 2015, https://arxiv.org/abs/1502.01852) from a uniform distribution, in place. */
export function kaimingUniform_(
  tensor: Tensor,
  { mode = "fanIn", a = 0 }: KaimingOptions = {},
): Tensor {
  const bound = Math.sqrt(6 / (1 + a * a) / fans(tensor)[mode]);
  return uniform_(tensor, -bound, bound);
}

/** Glorot & Bengio 2010: uniform in ±gain·√(6 / (fanIn + fanOut)). */
export function xavierUniform_(tensor: Tensor, gain = 1): Tensor {
  const { fanIn, fanOut } = fans(tensor);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform_(tensor, -bound, bound);
}

/** PyTorch's default for convolutions and linear layers: uniform in ±1/√fanIn. */
export function defaultUniform_(weight: Tensor, bias: Tensor | null, fanIn: number): void {
  const bound = 1 / Math.sqrt(fanIn);
  uniform_(weight, -bound, bound);
  if (bias) uniform_(bias, -bound, bound);
}
