import type { RandomState } from "../../autograd/index.ts";
import type { GradScalerState } from "../../optim/index.ts";
import type { Course } from "./course.ts";
import type { BestEpoch, EpochRecord } from "./history.ts";
import type { Position } from "./position.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a snapshot holds besides tensors. */
export interface SavedState {
  readonly optimizerName: string;
  readonly groups: Record<string, unknown>[];
  /** Steps taken, by the parameter's place in the optimizer. */
  readonly steps: readonly (readonly [number, number])[];
  readonly trained: Snapshot["trained"];
  readonly schedule: Snapshot["schedule"];
  readonly random: RandomState;
  readonly position: Position;
  readonly course: Course | null;
  readonly history: readonly EpochRecord[];
  /** `isModel`: its weights are the model's own. */
  readonly best: (BestEpoch & { readonly isModel: boolean }) | null;
  readonly scaler: GradScalerState | null;
  /** Steps of the average of the weights; null where none is kept. */
  readonly averaged: number | null;
}

/** The state as JSON, which has no NaN and no infinity: these are written as { "$number": "NaN" }. */
export function encodeState(snapshot: Snapshot): string {
  const { optimizer, optimizerName, trained, schedule, random, position, course } = snapshot;
  const { history, best, scaler, model, average } = snapshot;
  const state: SavedState = {
    ...{ optimizerName, trained, schedule, random, position, history, scaler },
    course: course && { ...course, set: undefined },
    averaged: average?.updates ?? null,
    groups: optimizer.groups,
    steps: [...optimizer.state].map(([i, { step }]) => [i, step] as const),
    best: best && {
      epoch: best.epoch,
      watched: best.watched,
      value: best.value,
      isModel: best.model === model,
    },
  };
  return JSON.stringify(state, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? { $number: String(value) } : value,
  );
}

/** @throws Error for what is no such state, naming what is wrong, before anybody relies on it. */
export function decodeState(text: string): SavedState {
  const state = parse(text);
  check(state, "optimizerName", typeof state.optimizerName === "string");
  check(state, "groups", isListOf(state.groups, isRecord));
  check(
    state,
    "steps",
    isListOf(state.steps, (pair) => isListOf(pair, isCount)),
  );
  const isNames = (names: unknown) =>
    isListOf(names, (name) => name === null || typeof name === "string");
  check(state, "trained", isListOf(state.trained, isNames));
  const isNamed = (value: unknown) => isRecord(value) && typeof value.name === "string";
  check(state, "schedule", state.schedule === null || isNamed(state.schedule));
  check(state, "random", hasCounts(state.random, ["seed", "draws"]));
  check(state, "position", isPosition(state.position));
  const isCourse = (value: unknown) =>
    hasCounts(value, ["batchSize", "examples"]) && isPrint(Object(value).print);
  check(state, "course", state.course === null || isCourse(state.course));
  check(state, "history", isListOf(state.history, isRecord));
  check(state, "best", state.best === null || hasCounts(state.best, ["epoch"]));
  state.averaged ??= null; // checkpoints of earlier versions have none
  check(state, "averaged", state.averaged === null || isCount(state.averaged));
  const isScaler = (value: unknown) => isRecord(value) && Number(value.scale) > 0;
  check(state, "scaler", state.scaler === null || isScaler(state.scaler));
  return state as Record<keyof SavedState, never>;
}

function parse(text: string): Record<string, unknown> {
  let state: unknown;
  try {
    state = JSON.parse(text, (_, value) =>
      isRecord(value) && "$number" in value ? Number(value.$number) : value,
    );
  } catch (cause) {
    throw new Error("resume: the checkpoint's state can't be read", { cause });
  }
  if (isRecord(state)) return state;
  throw new Error("resume: the checkpoint has no state");
}

function check(state: Record<string, unknown>, name: string, valid: boolean): void {
  if (valid) return;
  const found = JSON.stringify(state[name]) ?? "nothing";
  throw new Error(`resume: the checkpoint's ${name} is ${found.slice(0, 100)}, which can't be`);
}

/** Checkpoints of earlier versions have none. */
function isPrint(value: unknown): boolean {
  const isSample = (sample: unknown) =>
    hasCounts(sample, ["index"]) &&
    isListOf(Object(sample).means, (mean) => typeof mean === "number");
  return value === undefined || (isRecord(value) && isListOf(value.samples, isSample));
}

function isPosition(value: unknown): boolean {
  if (!hasCounts(value, ["epoch", "batch", "step", "epochsBegun"]) || !isRecord(value))
    return false;
  const { totals } = value;
  return (
    isRecord(totals) &&
    typeof totals.loss === "number" &&
    isRecord(totals.standard) &&
    isRecord(totals.metrics)
  );
}

function hasCounts(value: unknown, names: readonly string[]): boolean {
  return isRecord(value) && names.every((name) => isCount(value[name]));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isListOf(value: unknown, holds: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
