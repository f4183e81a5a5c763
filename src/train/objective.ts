import type { Tensor } from "../autograd/index.ts";
import type { Module, StateDict } from "../nn/index.ts";

/** A batch of the trained set within a captured step, as an objective sees it. */
export interface ObjectiveBatch {
  readonly model: Module;
  /** What the model was given, its outputs (f32), and what these should have been. */
  readonly images: Tensor;
  readonly outputs: Tensor;
  readonly targets: Tensor;
  /** The loss of these, one number: what is minimised where there is no objective. */
  readonly loss: Tensor;
  /** What the objective's `beside` deals out with this batch. */
  readonly beside: readonly Tensor[];
  /** Another model's outputs (f32), in the trainer's precision and with its random numbers. */
  readonly run: (model: Module, images: Tensor) => Tensor;
  /** The share of the run that is done, 0 to 1. A replayed step asks again only what is given on as a function. */
  readonly progress: () => number;
}

/**
 * What a step minimises, where that is more than the loss of its batch: another set beside it, another network's opinion.
 * `transfer.jointObjective` makes one.
 */
export interface Objective {
  /**
   * Models and layers that it works with, by name. Checkpoints keep them; those whose parameters the optimizer has are
   * trained, and may be the trained model's own.
   */
  readonly modules?: Readonly<Record<string, Module>>;
  /**
   * Batches without an end, from the given one on, counted over the trainer's life: one for each of the trained set. The
   * same number must give the same batch, so that an interrupted run can be taken up again.
   */
  beside?(first: number): AsyncGenerator<readonly Tensor[], void, undefined>;
  /** One number. Recorded as part of the captured step. */
  minimised(batch: ObjectiveBatch): Tensor;
}

/** An objective's modules as they are named in checkpoints. */
export function objectiveModules(objective: Objective | undefined): [string, Module][] {
  const modules = Object.entries(objective?.modules ?? {});
  return modules.map(([name, module]) => [`objective.${name}`, module]);
}

/** A model's parameters and an objective's, by name; what they share once. */
export function parametersOf(model: Module, objective?: Objective): [string, Tensor][] {
  const found = new Map(model.namedParameters().map(([name, tensor]) => [tensor, name]));
  for (const [prefix, module] of objectiveModules(objective))
    for (const [name, tensor] of module.namedParameters())
      if (!found.has(tensor)) found.set(tensor, `${prefix}.${name}`);
  return [...found].map(([tensor, name]) => [name, tensor]);
}

/** All their tensors by name; those of the objective only where they aren't the model's own. */
export function tensorsOf(model: Module, objective?: Objective): StateDict {
  const state = model.stateDict();
  const known = new Set(Object.values(state));
  for (const [prefix, module] of objectiveModules(objective))
    for (const [name, tensor] of Object.entries(module.stateDict()))
      if (!known.has(tensor)) state[`${prefix}.${name}`] = tensor;
  return state;
}
