import { crossEntropy, type Tensor } from "../autograd/index.ts";
import { type Dataset, exampleName, type LoadedBatch } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { IGNORED } from "./outcome.ts";
import type { LossFunction } from "./steps.ts";

/** What a loss over classes says of itself. */
interface ClassLoss {
  readonly exclusiveOutputs?: boolean;
  readonly options?: { readonly ignoreIndex?: number };
}

/**
 * Checks labels against the number of a model's outputs while they are still on the host: on the
 * GPU a label out of range only shows as a NaN loss. Applies to losses that are known to take class
 * labels; what a function of the user's makes of them is its own affair.
 */
export class LabelCheck {
  /** Whether the loss is one over classes, of which one is right. */
  readonly takesClasses: boolean;
  readonly #ignored: number;
  #classes: number | null = null;

  constructor(loss: Module | LossFunction) {
    // Losses are known by a mark: a page that trains without one needn't download it.
    const { exclusiveOutputs = false, options } = loss as ClassLoss;
    this.takesClasses = exclusiveOutputs || loss === crossEntropy;
    this.#ignored = options?.ignoreIndex ?? -100;
  }

  /** Notes the outputs [N, C, …] of a step that is being recorded. */
  see(outputs: Tensor): void {
    this.#classes = outputs.shape[1] ?? null;
  }

  /**
   * What predictions are judged by. For a loss over classes that is IGNORED for a label which it ignores, and of
   * probabilities the most probable class.
   */
  targetsOf({ targets, indices }: LoadedBatch): Int32Array | Float32Array {
    if (!this.takesClasses) return targets;
    if (targets instanceof Int32Array)
      return targets.map((n) => (n === this.#ignored ? IGNORED : n));
    const width = targets.length / indices.length;
    return Int32Array.from(indices, (_, i) => {
      const row = targets.subarray(i * width, (i + 1) * width);
      return row.indexOf(row.reduce((most, share) => Math.max(most, share), 0));
    });
  }

  /** @throws RangeError naming the first example whose label the model has no output for. */
  check({ targets, indices }: LoadedBatch, dataset: Dataset): void {
    const classes = this.#classes;
    if (!this.takesClasses || classes === null || targets instanceof Float32Array) return;
    const wrong = targets.findIndex(
      (label) => !(label >= 0 && label < classes) && label !== this.#ignored,
    );
    if (wrong < 0) return;
    throw new RangeError(
      `${exampleName(dataset, indices[wrong]!)}: label ${targets[wrong]} is out of range: the model has ` +
        `${classes} outputs; transfer.replaceHead(model, n) gives it n outputs`,
    );
  }
}
