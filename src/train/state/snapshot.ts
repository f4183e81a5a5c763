import type { RandomState } from "../../autograd/index.ts";
import type { TypedArray } from "../../kernels/index.ts";
import type { GradScalerState, OptimizerState } from "../../optim/index.ts";
import type { AverageState } from "../averaged_model.ts";
import type { Course } from "./course.ts";
import type { BestEpoch, EpochRecord, ModelValues } from "./history.ts";
import type { Position } from "./position.ts";

/** Everything training needs to go on from a step, in host memory. */
export interface Snapshot {
  readonly model: ModelValues;
  /** Tensors that the loss and the regularizer hold, in order, and whether a checkpoint has them. null stays as it is. */
  readonly loss: readonly { readonly values: TypedArray | null; readonly isState: boolean }[];
  readonly optimizerName: string;
  readonly optimizer: OptimizerState;
  /** The names of the optimizer's parameters, by group; null for one that is not the model's. */
  readonly trained: readonly (readonly (string | null)[])[];
  readonly schedule: { readonly name: string; readonly state: unknown } | null;
  readonly random: RandomState;
  readonly position: Position;
  /** What run it is in the middle of; null before the first. */
  readonly course: Course | null;
  readonly history: readonly EpochRecord[];
  /** The best epoch's weights, where these are kept. */
  readonly best: (BestEpoch & { readonly model: ModelValues }) | null;
  /** The loss scale; null in full precision. */
  readonly scaler: GradScalerState | null;
  /** The average of the weights; null where none is kept. */
  readonly average: AverageState | null;
}

/** The weights that were validated: the averages where these are kept. */
export function judgedModel({ model, average }: Snapshot): ModelValues {
  return average?.updates ? new Map([...model, ...average.values]) : model;
}

/** The first tensor of a snapshot that holds NaN or infinity; null where all is well. */
export function spoiledTensor({ model, optimizer, trained }: Snapshot): string | null {
  for (const [name, { values }] of model) if (!allFinite(values)) return name;
  const names = trained.flat();
  for (const [i, { values }] of optimizer.state)
    if (!allFinite(values)) return `the optimizer's state of ${names[i] ?? `parameter ${i}`}`;
  return null;
}

/** One pass without branches: NaN and infinity times zero are NaN, and so is any sum with them. */
function allFinite(values: ArrayLike<number>): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  return sum === 0;
}
