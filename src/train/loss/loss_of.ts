import type { TargetKind, Tensor } from "../../autograd/index.ts";
import { CrossEntropyLoss, Loss, Module } from "../../nn/index.ts";

/**
 * A loss of a model's outputs. It may say what its targets are, as those of `F` do
 * (`Object.assign(myLoss, { targets: "labels" })`); else that shows in each batch: class numbers, or numbers for each output.
 */
export type LossFunction = ((outputs: Tensor, targets: Tensor) => Tensor) & {
  readonly targets?: TargetKind;
};

/** A function, or a module that is no `Loss`: what it makes of labels is its own affair. */
class PlainLoss extends Loss {
  override readonly targets: TargetKind | null;
  readonly #apply: (outputs: Tensor, targets: Tensor) => Tensor;

  constructor(
    apply: LossFunction,
    /** What holds the loss's tensors, if it has any. */
    readonly module: Module | null,
  ) {
    super();
    this.targets = apply.targets ?? null;
    this.#apply = apply;
  }

  override get ignoreIndex(): number | null {
    return this.targets === "classes" ? -100 : null;
  }

  override forward(outputs: Tensor, targets: Tensor): Tensor {
    return this.#apply(outputs, targets);
  }
}

/**
 * What users give as a loss, as a `Loss`. Default cross-entropy on class numbers.
 *
 * @throws Error for what is no loss, or one that gives a number for each example.
 */
export function lossOf(where: string, given: Module | LossFunction = new CrossEntropyLoss()): Loss {
  const loss = asLoss(where, given);
  if (loss.reduction !== "none") return loss;
  throw new Error(
    `${where}: the loss has reduction "none"; training needs one number: "mean" or "sum"`,
  );
}

function asLoss(where: string, given: Module | LossFunction): Loss {
  if (given instanceof Loss) return given;
  if (given instanceof Module)
    return new PlainLoss((outputs, targets) => given.forward(outputs, targets) as Tensor, given);
  if (typeof given === "function") return new PlainLoss(given, null);
  throw new Error(`${where}: loss must be an nn.Module or a function`);
}
