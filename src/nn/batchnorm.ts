import { batchNorm, ones, type Tensor, zeros } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Module } from "./module.ts";

export interface BatchNormConfig {
  eps?: number;
  momentum?: number;
  affine?: boolean;
}

/**
 * Batch normalisation over all but the channel dimension (Ioffe & Szegedy 2015,
 * https://arxiv.org/abs/1502.03167).
 *
 * A frozen one (`transfer.freeze`, `requiresGrad_(false)`) runs with its running statistics and
 * never updates them, even in training mode.
 */
class BatchNorm extends Module {
  weight: Tensor | null;
  bias: Tensor | null;
  runningMean: Tensor;
  runningVar: Tensor;
  readonly eps: number;
  /** The share of a batch in the new running statistics. */
  momentum: number;
  private isFrozen = false;

  constructor(
    readonly numFeatures: number,
    config: BatchNormConfig = {},
  ) {
    super();
    checkOptions("BatchNorm", config, ["eps", "momentum", "affine"]);
    const { eps = 1e-5, momentum = 0.1, affine = true } = config;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? ones([numFeatures], { requiresGrad: true }) : null;
    this.bias = affine ? zeros([numFeatures], { requiresGrad: true }) : null;
    this.runningMean = this.registerBuffer("running_mean", zeros([numFeatures]));
    this.runningVar = this.registerBuffer("running_var", ones([numFeatures]));
  }

  override onFreeze(frozen: boolean): void {
    this.isFrozen = frozen;
  }

  /** Frozen as a module, or by freezing both of its parameters. */
  get frozen(): boolean {
    if (!this.weight || !this.bias) return this.isFrozen;
    return !this.weight.requiresGrad && !this.bias.requiresGrad;
  }

  /** One image alone has no variance (but over the places of a map), or one that tells little. */
  override get minBatch(): number {
    return this.frozen ? 1 : 2;
  }

  /** Whether forward would normalise with the batch's own statistics, and update the running ones. */
  get usesBatchStatistics(): boolean {
    return this.training && !this.frozen;
  }

  override forward(input: Tensor): Tensor {
    const { runningMean, runningVar, weight, bias, momentum, eps } = this;
    const training = this.usesBatchStatistics;
    return batchNorm(input, { runningMean, runningVar, weight, bias, training, momentum, eps });
  }
}

/** Over [N, C] or [N, C, L]. */
export class BatchNorm1d extends BatchNorm {}

/** Over [N, C, H, W]. */
export class BatchNorm2d extends BatchNorm {}
