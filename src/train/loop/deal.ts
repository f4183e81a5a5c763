import type { Tensor } from "../../autograd/index.ts";
import type { LoadedBatch } from "../../data/index.ts";
import type { Position } from "../state/position.ts";
import type { FitPlan } from "./plan.ts";
import type { StepInputs } from "./steps.ts";

/** A batch, and all that the step takes of it. Its tensors are freed when the next one is asked for, or none. */
export interface DealtBatch extends LoadedBatch {
  readonly inputs: StepInputs;
}

/** An epoch's batches from where training stands, each with what the objective has beside it. */
export async function* dealFrom(
  { loader, objective }: FitPlan,
  { epochsBegun, batch: first }: Position,
): AsyncGenerator<DealtBatch, void, undefined> {
  loader.setEpoch(epochsBegun);
  const beside = objective?.beside?.(epochsBegun * loader.length + first);
  let dealt: readonly Tensor[] = [];
  try {
    for await (const batch of loader.batches(first)) {
      const { value } = (await beside?.next()) ?? {};
      if (objective && batch.others)
        throw new Error("fit: an objective takes models of one input, and examples have others");
      const inputs: StepInputs = [batch.images, batch.labels, ...(value ?? batch.others ?? [])];
      dealt = inputs;
      yield { ...batch, inputs };
    }
  } finally {
    await beside?.return();
    for (const tensor of dealt) tensor.dispose();
  }
}
