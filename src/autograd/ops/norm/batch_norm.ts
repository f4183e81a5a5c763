import { checkOptions, shapeText } from "../../../base/index.ts";
import {
  type AfterNorm,
  activationGrad,
  beforeSmooth,
  type ChannelStats,
  foldBatchNorm,
  type NDArray,
  normalize,
  normalizeBatch,
  normalizeBatchGrad,
  normalizeGrad,
  normalizeSums,
  reluGrad,
} from "../../../kernels/index.ts";
import {
  requireF32,
  requireFloat,
  requireNumber,
  requireRank,
  requireShape,
} from "../../checks.ts";
import { isRecomputing } from "../../mode.ts";
import type { BackwardContext, GradRule } from "../../node.ts";
import { type Definition, defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { type Fold, foldInto } from "./fold_batch_norm.ts";

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
  /** Which of the inputs after x are weight and bias, in this order. */
  readonly weight: number | null;
  readonly bias: number | null;
  /** Which is added to the result. */
  readonly residual: number | null;
  /** After that. */
  readonly activation: AfterNorm["activation"];
  /** Instead of either. */
  readonly smooth: AfterNorm["smooth"];
  readonly runningMean: NDArray | null;
  readonly runningVar: NDArray | null;
  readonly training: boolean;
  readonly momentum: () => number;
  readonly eps: number;
}

const define: Definition<BatchNormAttributes> = (inputs, attributes, wanted) => {
  const [x] = inputs;
  const at = (index: number | null) => (index === null ? null : inputs[index]!);
  const { training, activation, smooth } = attributes;
  const [weight, bias, residual] = [
    at(attributes.weight),
    at(attributes.bias),
    at(attributes.residual),
  ];
  const after: AfterNorm = { weight, bias, residual, activation, smooth };
  const { stats, out } = normalized(x, attributes, after);

  /** The gradient before the activation, and the other gradients, as far as there are any; computed once for all inputs. */
  const sums = (dy: NDArray, { isRectified, once }: BackwardContext) =>
    once(() => {
      const rectified = isRectified ? dy : beforeActivation(dy, out, activation);
      if (training && wanted[0])
        return [rectified, ...normalizeBatchGrad(rectified, x, stats, after)];
      const before = smooth === null ? rectified : beforeSmooth(rectified, x, stats, after);
      const isAsked = [attributes.weight, attributes.bias].some((index) => wanted[index ?? -1]);
      return isAsked ? [before, ...normalizeSums(before, x, stats)] : [before];
    });
  const kept = [stats.mean, stats.spread, x];
  const ofActivation =
    smooth === null ? [activation === "none" ? null : out] : [...kept, weight, bias];
  const rule = (needs: (NDArray | null)[], grad: GradRule["grad"]) =>
    saving(
      [...needs, ...ofActivation].filter((array) => array !== null),
      grad,
    );
  return {
    out,
    rectifies: activation,
    grads: [
      rule(training ? [...kept, weight] : [stats.mean, stats.spread, weight], (dy, context) => {
        const [before, , , dx] = sums(dy, context);
        return dx ?? normalizeGrad(before!, null, stats, weight, null);
      }),
      ...(weight ? [rule(kept, (dy, context) => sums(dy, context)[2]!)] : []),
      ...(bias ? [rule(kept, (dy, context) => sums(dy, context)[1]!)] : []),
      ...(residual ? [rule([], (dy, context) => sums(dy, context)[0]!.share())] : []),
    ],
  };
};

function normalized(x: NDArray, attributes: BatchNormAttributes, after: AfterNorm) {
  const { training, runningMean, runningVar, momentum, eps } = attributes;
  if (training)
    return normalizeBatch(x, { mean: runningMean, variance: runningVar, momentum }, eps, after);
  const stats: ChannelStats = { mean: runningMean!, spread: runningVar!, isVariance: true, eps };
  return { stats, out: normalize(x, stats, after) };
}

function beforeActivation(dy: NDArray, out: NDArray, kind: AfterNorm["activation"]): NDArray {
  if (kind === "relu6") return activationGrad("relu6", "Output", dy, out, 0);
  return kind === "relu" ? reluGrad(dy, out) : dy;
}

const op = defineOp<BatchNormAttributes>("batchNorm", define, {
  joins: (conv, norm) => foldInto(conv, norm, foldOf(norm.arrays, norm.attributes)),
  takesStep(attributes, step, position) {
    const { activation, smooth, residual } = attributes;
    if (activation !== "none" || smooth !== null || step.kind === "maxPool2d") return null;
    if (step.kind === "smooth")
      return residual === null ? { ...attributes, smooth: step.name } : null;
    if (step.kind !== "add") return { ...attributes, activation: step.kind };
    return residual === null ? { ...attributes, residual: position } : null;
  },
});

/** With fixed statistics it scales and shifts each channel, as a convolution before it can. */
function foldOf(inputs: readonly NDArray[], attributes: BatchNormAttributes): Fold | null {
  const { training, runningMean: mean, runningVar: variance, eps } = attributes;
  if (training || !mean || !variance) return null;
  const at = (index: number | null) => (index === null ? null : inputs[index]!);
  const own = { gamma: at(attributes.weight), beta: at(attributes.bias), mean, variance };
  return (weight, bias) => {
    const { folded, shift } = foldBatchNorm({ weight, bias, ...own }, eps);
    return [folded, shift];
  };
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
    residual: null,
    activation: "none" as const,
    smooth: null,
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
