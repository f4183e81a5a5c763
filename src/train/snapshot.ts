import {
  getRandomState,
  type RandomState,
  setRandomState,
  type Tensor,
} from "../autograd/index.ts";
import { currentDevice } from "../gpu/index.ts";
import { overwrite, type TypedArray, upload } from "../kernels/index.ts";
import type { Module } from "../nn/index.ts";
import type { GradScaler, GradScalerState, Optimizer, OptimizerState } from "../optim/index.ts";
import type { Position } from "./position.ts";

/** Everything training needs to go on from a step, in host memory. */
export interface Snapshot {
  readonly model: Map<string, { shape: number[]; values: TypedArray }>;
  readonly optimizer: OptimizerState;
  readonly schedule: unknown;
  readonly random: RandomState;
  readonly position: Position;
  /** The loss scale; null in full precision. */
  readonly scaler: GradScalerState | null;
}

/** What a snapshot is taken of. */
export interface Training {
  readonly model: Module;
  readonly optimizer: Optimizer<object>;
  readonly schedule: Stateful | null;
  readonly scaler: GradScaler | null;
}

export interface Stateful {
  stateDict(): unknown;
  loadStateDict(state: never): void;
}

export async function takeSnapshot(
  { model, optimizer, schedule, scaler }: Training,
  position: Position,
): Promise<Snapshot> {
  // Everything is taken, or its reading begun, before anything is awaited: steps may follow.
  const random = getRandomState();
  const at = structuredClone(position);
  const scheduled = structuredClone(schedule?.stateDict() ?? null);
  const tensors = Object.entries(model.stateDict()).map(async ([name, tensor]) => {
    return [name, { shape: tensor.shape, values: await tensor.data() }] as const;
  });
  const [optimizerState, values, scaled] = await Promise.all([
    optimizer.stateDict(),
    Promise.all(tensors),
    scaler?.stateDict() ?? null,
  ]);
  return {
    model: new Map(values),
    optimizer: optimizerState,
    schedule: scheduled,
    random,
    position: at,
    scaler: scaled,
  };
}

/** Puts a snapshot back, on the current device: tensors of a lost one get new memory. */
export function restoreSnapshot(
  snapshot: Snapshot,
  { model, optimizer, schedule, scaler }: Training,
): void {
  optimizer.loadStateDict(snapshot.optimizer); // first: it refuses what doesn't fit
  for (const [name, tensor] of Object.entries(model.stateDict())) {
    const saved = snapshot.model.get(name);
    if (saved) putBack(tensor, saved.values);
    tensor.grad = null;
  }
  if (schedule && snapshot.schedule) schedule.loadStateDict(snapshot.schedule as never);
  if (scaler && snapshot.scaler) scaler.loadStateDict(snapshot.scaler);
  setRandomState(snapshot.random);
}

/** Writes host values into a tensor, giving it new memory when its device is gone. */
export function putBack(tensor: Tensor, values: TypedArray): void {
  const device = currentDevice();
  if (tensor.array.storage.device === device) overwrite(tensor.array, values);
  else tensor.replaceArray(upload(values, tensor.shape, tensor.dtype, device).keep());
}
