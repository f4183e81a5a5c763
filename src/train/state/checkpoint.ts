import {
  crc32,
  readSafetensors,
  type TensorToWrite,
  type WeightFile,
  writeSafetensors,
} from "../../formats/index.ts";
import { platform } from "../../platform/index.ts";
import { decodeState, encodeState, type SavedState } from "./checkpoint_state.ts";
import { printOf } from "./data_print.ts";
import type { ModelValues } from "./history.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TrainingState } from "./training_state.ts";

export { dataDifference } from "./data_print.ts";

/** Where a checkpoint goes: a path (Node), or an object that keeps bytes. */
export type Store =
  | string
  | { read(): Promise<Uint8Array | null>; write(bytes: Uint8Array): Promise<void> };

const FORMAT = "graft-checkpoint-2";
/** What stands in the checksum's place while the checksum is computed. */
const BLANK = "00000000";

/** @throws TypeError for what can keep nothing. */
export function checkStore(store: Store): void {
  if (typeof store === "string" || typeof Object(store).write === "function") return;
  throw new TypeError(
    `checkpoint: the store must be a path, or an object with read() and write(bytes), not ${store}`,
  );
}

/**
 * Writes a snapshot as safetensors: `model.*`, `best.*` (the best epoch's weights where they are others), `average.*`,
 * `optimizer.<n>`, `loss.<n>`, the rest as metadata, with a checksum over all of it.
 */
export async function writeCheckpoint(store: Store, snapshot: Snapshot): Promise<void> {
  checkStore(store);
  const { course } = snapshot;
  if (course?.set) course.print ??= await printOf(course.set);
  const tensors: TensorToWrite[] = modelTensors("model", snapshot.model);
  const { best, loss, optimizer, average } = snapshot;
  if (best && best.model !== snapshot.model) tensors.push(...modelTensors("best", best.model));
  if (average) tensors.push(...modelTensors("average", average.values));
  for (const [i, { values }] of optimizer.state)
    tensors.push({ name: `optimizer.${i}`, shape: [values.length], dtype: "f32", data: values });
  loss.forEach(({ values, isState }, i) => {
    if (!isState || !(values instanceof Float32Array)) return;
    tensors.push({ name: `loss.${i}`, shape: [values.length], dtype: "f32", data: values });
  });
  const metadata = { format: FORMAT, checksum: BLANK, state: encodeState(snapshot) };
  const bytes = writeSafetensors(tensors, metadata);
  writeChecksum(bytes, checksumOf(bytes));
  if (typeof store === "string") await platform().writeFileAtomic(store, bytes);
  else await store.write(bytes);
}

function modelTensors(prefix: string, model: ModelValues): TensorToWrite[] {
  return [...model].map(([name, { shape, values }]) => {
    if (!(values instanceof Float32Array)) throw new Error(`checkpoint: ${name} is not f32`);
    return { name: `${prefix}.${name}`, shape: [...shape], dtype: "f32", data: values };
  });
}

/**
 * Reads a checkpoint for a training state, which it must fit.
 *
 * @throws Error when the store holds no checkpoint, a damaged one, or one of another model, optimizer or schedule.
 */
export async function readCheckpoint(store: Store, training: TrainingState): Promise<Snapshot> {
  const bytes = typeof store === "string" ? await platform().readFile(store) : await store.read();
  if (!bytes) throw new Error("resume: the store is empty; nothing was saved to it");
  checkSum(bytes);
  // Not loadWeights, which would bring the readers of all formats.
  const file = await readSafetensors(bytes, { name: "the checkpoint" });
  if (file.metadata.format !== FORMAT) throw noCheckpoint();
  const saved = decodeState(file.metadata.state ?? "");
  const model = readModel(file, "model", training);
  checkFits(saved, training);
  const { groups, steps, best, averaged, ...state } = saved;
  const values = (i: number) => floats(file, `optimizer.${i}`);
  const optimizer = new Map(steps.map(([i, step]) => [i, { step, values: values(i) }]));
  const lossValues = [...file.tensors.keys()].filter((name) => /^loss\.\d+$/.test(name));
  return {
    ...state,
    model,
    loss: sparse(lossValues.map((name) => [Number(name.slice(5)), floats(file, name)])),
    optimizer: { groups, state: optimizer },
    average: averaged === null ? null : { updates: averaged, values: readAverage(file, training) },
    best: best && {
      epoch: best.epoch,
      watched: best.watched,
      value: best.value,
      model: best.isModel ? model : readModel(file, "best", training),
    },
  };
}

/** Loss tensors that aren't in the file stay as they are. */
function sparse(found: readonly (readonly [number, Float32Array])[]): Snapshot["loss"] {
  const all: Snapshot["loss"][number][] = [];
  const known = new Map(found);
  const length = Math.max(-1, ...known.keys()) + 1;
  for (let i = 0; i < length; i++) all.push({ values: known.get(i) ?? null, isState: true });
  return all;
}

function readModel(file: WeightFile, prefix: string, { tensors }: TrainingState): ModelValues {
  const entries = Object.entries(tensors).map(([name, { shape }]) => {
    return [name, { shape, values: floats(file, `${prefix}.${name}`, shape) }] as const;
  });
  return new Map(entries);
}

/** Of the tensors that were averaged. */
function readAverage(file: WeightFile, { model }: TrainingState): ModelValues {
  const entries = Object.entries(model.stateDict()).flatMap(([name, { shape }]) => {
    const saved = `average.${name}`;
    return file.tensors.has(saved)
      ? [[name, { shape, values: floats(file, saved, shape) }] as const]
      : [];
  });
  return new Map(entries);
}

/** @throws Error where what was trained, or how, isn't what this trainer trains. */
function checkFits(saved: SavedState, training: TrainingState): void {
  const { optimizer, schedule } = training;
  refuseOther("optimizer", saved.optimizerName, optimizer.name);
  const [then, now] = [saved.trained.flat(), training.trainedNames().flat()];
  const frozen = then.filter((name) => name !== null && !now.includes(name));
  const added = now.filter((name) => name !== null && !then.includes(name));
  if (frozen.length > 0)
    throw new Error(
      `resume: the checkpoint trained ${frozen.join(", ")}, which this trainer doesn't: unfreeze them, and give them to ` +
        "the optimizer",
    );
  if (added.length > 0)
    throw new Error(
      `resume: this trainer trains ${added.join(", ")}, which the checkpoint didn't: freeze them, and leave them out of ` +
        "the optimizer",
    );
  if (JSON.stringify(saved.trained) !== JSON.stringify(training.trainedNames()))
    throw new Error(
      "resume: the optimizer has the same parameters in another order or other groups",
    );
  refuseOther("schedule", saved.schedule?.name, schedule?.name);
  const averageOf = (there: boolean) => (there ? "an AveragedModel" : undefined);
  refuseOther("average", averageOf(saved.averaged !== null), averageOf(training.average !== null));
}

function refuseOther(what: string, then: string | undefined, now: string | undefined): void {
  if (then === now) return;
  throw new Error(
    `resume: the checkpoint's ${what} is ${then ?? "none"}, this trainer's ${now ?? "none"}; give the same`,
  );
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

const MARK = '"checksum":"';

/** Where the checksum stands in a file; −1 in one that has none. */
function checksumAt(bytes: Uint8Array): number {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 256));
  const at = head.indexOf(MARK);
  return at < 0 ? -1 : at + MARK.length;
}

/** CRC-32 of everything but itself. */
function checksumOf(bytes: Uint8Array): string {
  const at = checksumAt(bytes);
  const end = at + BLANK.length;
  const blank = new TextEncoder().encode(BLANK);
  const parts = [bytes.subarray(0, at), blank, bytes.subarray(end)];
  const sum = parts.reduce((crc, part) => crc32(part, crc), 0);
  return sum.toString(16).padStart(BLANK.length, "0");
}

function writeChecksum(bytes: Uint8Array, checksum: string): void {
  bytes.set(new TextEncoder().encode(checksum), checksumAt(bytes));
}

/** @throws Error for what is no checkpoint, and for one whose bytes aren't those that were written. */
function checkSum(bytes: Uint8Array): void {
  const at = checksumAt(bytes);
  if (at < 0) throw noCheckpoint();
  const stated = new TextDecoder("latin1").decode(bytes.subarray(at, at + BLANK.length));
  if (stated === checksumOf(bytes)) return;
  throw new Error(
    "resume: the checkpoint is damaged: its checksum is wrong. Go back to an earlier one",
  );
}

function noCheckpoint(): Error {
  return new Error(
    "resume: this is no checkpoint of this version of Graft; load weights with formats.loadWeights instead",
  );
}
