import type { Tensor } from "./tensor.ts";

/** What a step that is being recorded wants to know about tensors; see `GradientLog`. */
export interface Recording {
  onCreate(tensor: Tensor): void;
  /** Before `tensor.grad` is set. Returns whether the gradient it had belongs to the recording. */
  onSetGrad(tensor: Tensor): boolean;
  /** Before `leaf.grad` is read or added to. */
  onUseGrad(leaf: Tensor): void;
}

let current: Recording | null = null;

/** The recording in progress, if one is. */
export function currentRecording(): Recording | null {
  return current;
}

/** Runs `fn` while everything is reported to `recording`. */
export function recordTo<T>(recording: Recording, fn: () => T): T {
  const outer = current;
  current = recording;
  try {
    return fn();
  } finally {
    current = outer;
  }
}
