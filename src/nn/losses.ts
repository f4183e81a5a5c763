import {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
  type CrossEntropyOptions,
  crossEntropy,
  l1Loss,
  mseLoss,
  type NllLossOptions,
  nllLoss,
  smoothL1Loss,
  type Tensor,
} from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Loss } from "./loss.ts";

/** What `F.crossEntropy` and `F.nllLoss` have in common. */
abstract class ClassLoss extends Loss {
  override readonly targets = "classes";
  abstract readonly options: NllLossOptions;

  override get reduction() {
    return this.options.reduction ?? "mean";
  }

  override get ignoreIndex(): number {
    return this.options.ignoreIndex ?? -100;
  }

  override get classWeights(): Tensor | null {
    return this.options.weight ?? null;
  }
}

/** −log softmax(logits)[target], fused; options as in `F.crossEntropy`. */
export class CrossEntropyLoss extends ClassLoss {
  constructor(readonly options: CrossEntropyOptions = {}) {
    super();
    checkOptions("CrossEntropyLoss", options, [
      "weight",
      "ignoreIndex",
      "labelSmoothing",
      "reduction",
    ]);
  }

  override forward(logits: Tensor, target: Tensor): Tensor {
    return crossEntropy(logits, target, this.options);
  }
}

export class NLLLoss extends ClassLoss {
  constructor(readonly options: NllLossOptions = {}) {
    super();
    checkOptions("NLLLoss", options, ["weight", "ignoreIndex", "reduction"]);
  }

  override forward(logProbabilities: Tensor, target: Tensor): Tensor {
    return nllLoss(logProbabilities, target, this.options);
  }
}

/** For multi-label targets in 0..1 of the logits' shape. */
export class BCEWithLogitsLoss extends Loss {
  override readonly targets = "labels";

  constructor(readonly options: BinaryCrossEntropyOptions = {}) {
    super();
    checkOptions("BCEWithLogitsLoss", options, ["weight", "posWeight", "reduction"]);
  }

  override get reduction() {
    return this.options.reduction ?? "mean";
  }

  override forward(logits: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(logits, target, this.options);
  }
}

export class MSELoss extends Loss {
  override readonly targets = "values";

  constructor(readonly options: { reduction?: "mean" | "sum" | "none" } = {}) {
    super();
    checkOptions("MSELoss", options, ["reduction"]);
  }

  override get reduction() {
    return this.options.reduction ?? "mean";
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.options);
  }
}

export class L1Loss extends Loss {
  override readonly targets = "values";

  constructor(readonly options: { reduction?: "mean" | "sum" | "none" } = {}) {
    super();
    checkOptions("L1Loss", options, ["reduction"]);
  }

  override get reduction() {
    return this.options.reduction ?? "mean";
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** Options as in `F.smoothL1Loss`. */
export class SmoothL1Loss extends Loss {
  override readonly targets = "values";

  constructor(readonly options: { beta?: number; reduction?: "mean" | "sum" | "none" } = {}) {
    super();
    checkOptions("SmoothL1Loss", options, ["beta", "reduction"]);
  }

  override get reduction() {
    return this.options.reduction ?? "mean";
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.options);
  }
}
