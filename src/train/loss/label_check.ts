import { dependsOn, type Tensor } from "../../autograd/index.ts";
import { type Dataset, exampleName, type LoadedBatch } from "../../data/index.ts";
import type { Loss } from "../../nn/index.ts";

/**
 * Checks labels against the number of a model's outputs while they are still on the host: on the GPU a label out of
 * range only shows as a NaN loss. Applies to losses over classes; what a function of the user's makes of labels is its
 * own affair.
 */
export class LabelCheck {
  readonly #loss: Loss;
  #outputs: number | null = null;

  constructor(loss: Loss) {
    this.#loss = loss;
  }

  /** Notes the outputs [N, C, …] of a step that is being recorded. */
  see(outputs: Tensor): void {
    this.#outputs = outputs.shape[1] ?? null;
    // A recording of a model with another number of outputs holds no longer, even where all else is as it was.
    dependsOn(this, () => [this.#outputs]);
  }

  /** @throws RangeError naming the first example whose label the model has no output for. */
  check({ targets, indices }: LoadedBatch, dataset: Dataset): void {
    const outputs = this.#outputs;
    const { targets: kind, ignoreIndex } = this.#loss;
    if (kind !== "classes" || outputs === null || targets instanceof Float32Array) return;
    const wrong = targets.findIndex(
      (label) => !(label >= 0 && label < outputs) && label !== ignoreIndex,
    );
    if (wrong < 0) return;
    throw new RangeError(
      `${exampleName(dataset, indices[wrong]!)}: label ${targets[wrong]} is out of range: the model has ` +
        `${outputs} outputs; transfer.replaceHead(model, n) gives it n outputs`,
    );
  }
}
