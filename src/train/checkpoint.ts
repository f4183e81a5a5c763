import type { RandomState } from "../autograd/index.ts";
import type { TensorToWrite, WeightFile } from "../formats/index.ts";
import type { Module } from "../nn/index.ts";
import type { GradScalerState } from "../optim/index.ts";
import { platform } from "../platform/index.ts";
import type { Position } from "./position.ts";
import type { Snapshot } from "./snapshot.ts";

/** Where a checkpoint goes: a path (Node), or an object that keeps bytes. */
export type Store =
  | string
  | { read(): Promise<Uint8Array | null>; write(bytes: Uint8Array): Promise<void> };

const FORMAT = "graft-checkpoint-1";

/** Writes a snapshot as safetensors: `model.*`, `optimizer.<n>`, the rest as metadata. */
export async function writeCheckpoint(store: Store, snapshot: Snapshot): Promise<void> {
  if (typeof store !== "string" && typeof Object(store).write !== "function")
    throw new TypeError(
      `checkpoint: the store must be a path, or an object with read() and write(bytes), not ${store}`,
    );
  const tensors: TensorToWrite[] = [];
  for (const [name, { shape, values }] of snapshot.model) {
    if (!(values instanceof Float32Array)) throw new Error(`checkpoint: ${name} is not f32`);
    tensors.push({ name: `model.${name}`, shape, dtype: "f32", data: values });
  }
  const steps: Record<string, number> = {};
  for (const [i, { step, values }] of snapshot.optimizer.state) {
    steps[i] = step;
    tensors.push({ name: `optimizer.${i}`, shape: [values.length], dtype: "f32", data: values });
  }
  const { groups } = snapshot.optimizer;
  const { position, schedule, random, scaler } = snapshot;
  const state = JSON.stringify({ groups, steps, position, schedule, random, scaler });
  // Loaded on demand: a page that never saves a checkpoint needn't download the file formats.
  const { writeSafetensors } = await import("../formats/index.ts");
  const bytes = writeSafetensors(tensors, { format: FORMAT, state });
  if (typeof store === "string") await platform().writeFileAtomic(store, bytes);
  else await store.write(bytes);
}

interface State {
  groups: Record<string, unknown>[];
  steps: Record<string, number>;
  position: Position;
  schedule: unknown;
  random: RandomState;
  /** Absent in files of versions before half precision. */
  scaler?: GradScalerState | null;
}

/** @throws Error when the store holds no checkpoint, or one of another model. */
export async function readCheckpoint(store: Store, model: Module): Promise<Snapshot> {
  const bytes = typeof store === "string" ? await platform().readFile(store) : await store.read();
  if (!bytes) throw new Error("resume: the store is empty; nothing was saved to it");
  const { loadWeights } = await import("../formats/index.ts");
  const file = await loadWeights(bytes);
  if (file.metadata.format !== FORMAT) {
    throw new Error(
      "resume: this is no checkpoint of Graft; load weights with formats.loadWeights instead",
    );
  }
  const {
    groups,
    steps,
    position,
    schedule,
    random,
    scaler = null,
  } = JSON.parse(file.metadata.state ?? "{}") as State;
  const state = new Map(
    Object.entries(steps).map(([i, step]) => [
      Number(i),
      { step, values: floats(file, `optimizer.${i}`) },
    ]),
  );
  const own = Object.entries(model.stateDict()).map(
    ([name, { shape }]) => [name, { shape, values: floats(file, `model.${name}`, shape) }] as const,
  );
  const optimizer = { groups, state };
  return { model: new Map(own), optimizer, position, schedule, random, scaler };
}

function floats(file: WeightFile, name: string, shape?: readonly number[]): Float32Array {
  const tensor = file.tensors.get(name);
  if (!tensor)
    throw new Error(
      `resume: the checkpoint has no tensor ${name}; was it saved from another model?`,
    );
  if (shape && String(shape) !== String(tensor.shape)) {
    throw new Error(
      `resume: ${name} has shape [${tensor.shape}] in the checkpoint, [${shape}] in the model`,
    );
  }
  const data = tensor.data();
  if (data instanceof Float32Array) return data;
  throw new Error(`resume: ${name} is ${tensor.dtype}, not f32`);
}
