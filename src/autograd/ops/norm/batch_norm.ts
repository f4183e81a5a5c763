import { checkOptions, shapeText } from "../../../base/index.ts";
import {
  batchStats,
  type ChannelStats,
  foldBatchNorm,
  type NDArray,
  normalize,
  normalizeGrad,
  normalizeSums,
} from "../../../kernels/index.ts";
import {
  requireF32,
  requireFloat,
  requireNumber,
  requireRank,
  requireShape,
} from "../../checks.ts";
import type { Fold } from "../../definition.ts";
import { isRecomputing } from "../../mode.ts";
import type { BackwardContext } from "../../node.ts";
import { type Definition, defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

export interface BatchNormOptions {
  /** [C]; updated in place while training. */
  runningMean?: Tensor | null;
  runningVar?: Tensor | null;
  /** Scale of each channel, [C]; 1 when absent. */
  weight?: Tensor | null;
  /** Shift of each channel, [C]; 0 when absent. */
  bias?: Tensor | null;
  /** Normalise with the batch's own statistics rather than with the running ones. Default false. */
  training?: boolean;
  /**
   * Share of the batch in the new running statistics, 0 to 1. Default 0.1. A function is asked at each
   * training step, captured ones included: () => 1 / ++steps gives the plain average.
   */
  momentum?: number | (() => number);
  /** Default 1e-5. */
  eps?: number;
}

export interface BatchNormAttributes {
  /** Which of the inputs after x are weight and bias. */
  readonly weight: number | null;
  readonly bias: number | null;
  readonly runningMean: NDArray | null;
  readonly runningVar: NDArray | null;
  readonly training: boolean;
  readonly momentum: () => number;
  readonly eps: number;
}

const define: Definition<BatchNormAttributes> = (inputs, attributes) => {
  const [x] = inputs;
  const weight = attributes.weight === null ? null : inputs[attributes.weight]!;
  const bias = attributes.bias === null ? null : inputs[attributes.bias]!;
  const { training } = attributes;
  const stats = statsOf(x, attributes);
  const kept = [stats.mean, stats.spread];
  const sums = (dy: NDArray, context: BackwardContext) =>
    context.once(() => normalizeSums(dy, x, stats));

  const forInput = training ? [...kept, x] : kept;
  const gradOfInput = saving(weight ? [...forInput, weight] : forInput, (dy, context) =>
    normalizeGrad(dy, training ? x : null, stats, weight, training ? sums(dy, context) : null),
  );
  const gradOfBias = saving([...kept, x], (dy, context) => sums(dy, context)[0]);
  const gradOfWeight = saving([...kept, x], (dy, context) => sums(dy, context)[1]);
  return {
    out: normalize(x, stats, weight, bias),
    grads: [gradOfInput, ...(weight ? [gradOfWeight] : []), ...(bias ? [gradOfBias] : [])],
  };
};

const op = defineOp<BatchNormAttributes>("batchNorm", define, { fold });

/** With fixed statistics it scales and shifts each channel, as a convolution before it can. */
function fold(inputs: readonly NDArray[], attributes: BatchNormAttributes): Fold | null {
  const { training, runningMean: mean, runningVar: variance, eps } = attributes;
  if (training || !mean || !variance) return null;
  const at = (index: number | null) => (index === null ? null : inputs[index]!);
  const own = { gamma: at(attributes.weight), beta: at(attributes.bias), mean, variance };
  return (weight, bias) => {
    const { folded, shift } = foldBatchNorm({ weight, bias, ...own }, eps);
    return [folded, shift];
  };
}

function statsOf(x: NDArray, attributes: BatchNormAttributes): ChannelStats {
  const { runningMean, runningVar, momentum, eps } = attributes;
  if (attributes.training) {
    return batchStats(x, { mean: runningMean, variance: runningVar, momentum }, eps);
  }
  return { mean: runningMean!, spread: runningVar!, isVariance: true, eps };
}

const KNOWN = ["runningMean", "runningVar", "weight", "bias", "training", "momentum", "eps"];

/**
 * Batch normalisation of [N, C], [N, C, L] or [N, C, H, W] over all but the channels:
 * (x − mean) / √(variance + eps) · weight + bias (Ioffe & Szegedy, https://arxiv.org/abs/1502.03167).
 *
 * While training, mean and (biased) variance are the batch's, and the running ones move towards
 * them in place, the variance unbiased; otherwise the running ones are used and left alone. weight,
 * bias and, while training, running statistics may each be absent.
 *
 * @throws Error naming shapes that don't fit, running statistics missing, a single value per channel.
 */
export function batchNorm(input: Tensor, options: BatchNormOptions = {}): Tensor {
  checkOptions("batchNorm", options, KNOWN);
  requireFloat("batchNorm", "input", input);
  requireRank("batchNorm", "input", input, 2, 4, "[N, C], [N, C, L] or [N, C, H, W]");
  const { training = false, momentum = 0.1, eps = 1e-5, weight, bias } = options;
  for (const role of ["runningMean", "runningVar", "weight", "bias"] as const) {
    checkChannels(role, options[role], input);
  }
  if (training) checkCount(input);
  else checkRunning(options);
  const moves = !(training && isRecomputing()); // running statistics move once a step
  const attributes = {
    weight: weight ? 1 : null,
    bias: bias ? (weight ? 2 : 1) : null,
    runningMean: (moves && options.runningMean?.array) || null,
    runningVar: (moves && options.runningVar?.array) || null,
    training,
    momentum: moves ? momentumOf(momentum) : () => 0,
    eps: requireNumber("batchNorm", "eps", eps, 0),
  };
  return op([input, ...[weight, bias].filter((given) => given != null)], attributes);
}

function momentumOf(momentum: number | (() => number)): () => number {
  if (typeof momentum === "function") return momentum;
  requireNumber("batchNorm", "momentum", momentum, 0, 1);
  return () => momentum;
}

function checkChannels(role: string, tensor: Tensor | null | undefined, input: Tensor): void {
  if (tensor == null) return;
  requireF32("batchNorm", role, tensor);
  const why = `input of shape ${shapeText(input.shape)}`;
  requireShape("batchNorm", role, tensor, [input.shape[1]!], why);
}

function checkRunning({ runningMean, runningVar }: BatchNormOptions): void {
  if (runningMean && runningVar) return;
  const missing = runningMean ? "runningVar" : "runningMean";
  throw new Error(
    `batchNorm: ${missing} is missing, which is needed unless training; pass it, or { training: true } to ` +
      "normalise with the batch's own statistics",
  );
}

function checkCount(input: Tensor): void {
  if (input.size > input.shape[1]!) return;
  throw new Error(
    `batchNorm: input of shape ${shapeText(input.shape)} has one value per channel, which has no variance to train ` +
      "with; use a larger batch, or training: false",
  );
}
