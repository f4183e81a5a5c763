import {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type CosineEmbeddingOptions,
  type CrossEntropyOptions,
  cosineEmbeddingLoss,
  crossEntropy,
  gt,
  huberLoss,
  type KlDivOptions,
  klDiv,
  l1Loss,
  mseLoss,
  type NllLossOptions,
  nllLoss,
  smoothL1Loss,
  type Tensor,
  type TripletMarginOptions,
  tripletMarginLoss,
} from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Loss } from "./loss.ts";
import { Module } from "./module.ts";

type Reduction = NonNullable<CrossEntropyOptions["reduction"]>;

/** A loss with the options of a function of `F`. */
abstract class FunctionLoss<Options extends { reduction?: Reduction }> extends Loss {
  constructor(
    name: string,
    readonly options: Options,
    known: readonly string[],
  ) {
    super();
    checkOptions(name, options, known);
  }

  override get reduction(): Reduction {
    return this.options.reduction ?? "mean";
  }
}

/** What `F.crossEntropy` and `F.nllLoss` have in common. */
abstract class ClassLoss<Options extends NllLossOptions> extends FunctionLoss<Options> {
  override readonly targets = "classes";

  override get ignoreIndex(): number {
    return this.options.ignoreIndex ?? -100;
  }

  override get classWeights(): Tensor | null {
    return this.options.weight ?? null;
  }
}

/** −log softmax(logits)[target], fused; options as in `F.crossEntropy`. */
export class CrossEntropyLoss extends ClassLoss<CrossEntropyOptions> {
  constructor(options: CrossEntropyOptions = {}) {
    const known = ["weight", "ignoreIndex", "labelSmoothing", "reduction"];
    super("CrossEntropyLoss", options, known);
  }

  override forward(logits: Tensor, target: Tensor): Tensor {
    return crossEntropy(logits, target, this.options);
  }
}

/** The negative log-likelihood of the right classes; outputs are log-probabilities, as `LogSoftmax` gives them. */
export class NLLLoss extends ClassLoss<NllLossOptions> {
  constructor(options: NllLossOptions = {}) {
    super("NLLLoss", options, ["weight", "ignoreIndex", "reduction"]);
  }

  override forward(logProbabilities: Tensor, target: Tensor): Tensor {
    return nllLoss(logProbabilities, target, this.options);
  }
}

/** For multi-label targets in 0..1 of the logits' shape. */
export class BCEWithLogitsLoss extends FunctionLoss<BinaryCrossEntropyOptions> {
  override readonly targets = "labels";

  constructor(options: BinaryCrossEntropyOptions = {}) {
    super("BCEWithLogitsLoss", options, ["weight", "posWeight", "reduction"]);
  }

  override forward(logits: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(logits, target, this.options);
  }
}

/** As BCEWithLogitsLoss, of outputs that are probabilities already: behind a Sigmoid. Options as in `F.binaryCrossEntropy`. */
export class BCELoss extends FunctionLoss<Omit<BinaryCrossEntropyOptions, "posWeight">> {
  override readonly targets = "labels";

  constructor(options: Omit<BinaryCrossEntropyOptions, "posWeight"> = {}) {
    super("BCELoss", options, ["weight", "reduction"]);
  }

  override forward(probabilities: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(probabilities, target, this.options);
  }

  override probabilities(outputs: Float32Array): Float32Array {
    return outputs;
  }

  override predictions(outputs: Tensor): Tensor | null {
    return outputs.ndim === 2 ? gt(outputs, 0.5) : null;
  }
}

/** Of logarithms of probabilities, as behind a LogSoftmax, and probabilities as targets; options as in `F.klDiv`. */
export class KLDivLoss extends Loss {
  override readonly targets = "classes";

  constructor(readonly options: KlDivOptions = {}) {
    super();
    checkOptions("KLDivLoss", options, ["reduction", "logTarget"]);
  }

  override get reduction(): Reduction {
    const { reduction = "mean" } = this.options;
    return reduction === "batchmean" ? "mean" : reduction;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, this.options);
  }
}

/** Options as in `F.huberLoss`. */
export class HuberLoss extends FunctionLoss<{ delta?: number; reduction?: Reduction }> {
  override readonly targets = "values";

  constructor(options: { delta?: number; reduction?: Reduction } = {}) {
    super("HuberLoss", options, ["delta", "reduction"]);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.options);
  }
}

/** Of anchors, positives and negatives [N, D]; options as in `F.tripletMarginLoss`. */
export class TripletMarginLoss extends Module {
  constructor(readonly options: TripletMarginOptions = {}) {
    super();
    checkOptions("TripletMarginLoss", options, ["margin", "p", "eps", "swap", "reduction"]);
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}

/** Of pairs of rows [N, D] and targets 1 or −1; options as in `F.cosineEmbeddingLoss`. */
export class CosineEmbeddingLoss extends Module {
  constructor(readonly options: CosineEmbeddingOptions = {}) {
    super();
    checkOptions("CosineEmbeddingLoss", options, ["margin", "reduction"]);
  }

  override forward(first: Tensor, second: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(first, second, target, this.options);
  }
}

/** The mean squared difference of outputs and values. */
export class MSELoss extends FunctionLoss<{ reduction?: Reduction }> {
  override readonly targets = "values";

  constructor(options: { reduction?: Reduction } = {}) {
    super("MSELoss", options, ["reduction"]);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** The mean absolute difference of outputs and values. */
export class L1Loss extends FunctionLoss<{ reduction?: Reduction }> {
  override readonly targets = "values";

  constructor(options: { reduction?: Reduction } = {}) {
    super("L1Loss", options, ["reduction"]);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** Options as in `F.smoothL1Loss`. */
export class SmoothL1Loss extends FunctionLoss<{ beta?: number; reduction?: Reduction }> {
  override readonly targets = "values";

  constructor(options: { beta?: number; reduction?: Reduction } = {}) {
    super("SmoothL1Loss", options, ["beta", "reduction"]);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.options);
  }
}
