import { Variable } from "../../gpu/index.ts";

/** A list of what a recording read, taken anew at each call. */
export type Read = () => readonly unknown[];

/** What a step that is being recorded wants to know; see `StepRecording`. Tensors are passed as objects. */
export interface Recording {
  onCreate(tensor: object): void;
  /** Before a tensor's memory is read or written. */
  onAccess(tensor: object): void;
  /** Before `tensor.grad` is set. Returns whether the gradient it had belongs to the recording. */
  onSetGrad(tensor: object): boolean;
  /** Before `leaf.grad` is read or added to. */
  onUseGrad(leaf: object): void;
  /** When it matters whether `leaf.grad` is null. */
  onAskGrad(leaf: object): void;
  onNode(node: { free(byCapture: boolean): void }): void;
  dependsOn(key: object, read: Read): void;
}

const recording = new Variable<Recording | null>(null);

/** The recording in progress, if one is. */
export function currentRecording(): Recording | null {
  return recording.value;
}

/** Runs `fn` while everything is reported to `own`. */
export function recordTo<T>(own: Recording, fn: () => T): T {
  return recording.run(own, fn);
}

/**
 * Tells a step that is being recorded what its recording is made from: it is valid as long as `read` gives what it gives
 * at the recording's end, each item identical. Asked at every call of the step, so it must be quick.
 *
 * @param key who reads: one list is taken for each.
 */
export function dependsOn(key: object, read: Read): void {
  recording.value?.dependsOn(key, read);
}
