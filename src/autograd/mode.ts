import { NDArray, withTemporaries } from "../kernels/index.ts";
import { Tensor } from "./tensor.ts";

let enabled = true;

/** Whether operations are recorded for `backward()`. */
export function isGradEnabled(): boolean {
  return enabled;
}

/**
 * Runs `fn` without recording gradients and frees every tensor made in it except those it returns
 * (in an array or object too). An async `fn` keeps the mode until it settles and frees nothing by
 * itself.
 */
export function noGrad<T>(fn: () => T): T {
  const before = enabled;
  enabled = false;
  const restore = () => {
    enabled = before;
  };
  let pending = false;
  try {
    const result = scope(fn);
    if (result instanceof Promise) {
      pending = true;
      return result.finally(restore) as T;
    }
    return result;
  } finally {
    if (!pending) restore();
  }
}

/** Records gradients inside a `noGrad` region. */
export function enableGrad<T>(fn: () => T): T {
  const before = enabled;
  enabled = true;
  try {
    return fn();
  } finally {
    enabled = before;
  }
}

let repeated = false;

/** Whether a forward pass is being run again for its gradients: it must not count as another one. */
export function isRecomputing(): boolean {
  return repeated;
}

/** Runs `fn`, with gradients, as a repetition of an earlier forward pass. */
export function recomputing<T>(fn: () => T): T {
  const before = repeated;
  repeated = true;
  try {
    return enableGrad(fn);
  } finally {
    repeated = before;
  }
}

/**
 * Runs `fn` and frees every tensor made in it, except those it returns and what their gradients
 * need. Use it around work whose intermediates you don't look at.
 */
export function scope<T>(fn: () => T): T {
  return withTemporaries(fn, (result) => arraysIn(result));
}

/** The arrays behind every tensor in a value, looking into arrays, Maps and plain objects. */
export function* arraysIn(value: unknown): Generator<NDArray> {
  if (value instanceof NDArray) yield value;
  else if (value instanceof Tensor) {
    yield value.array;
    if (value.grad) yield value.grad.array;
  } else if (Array.isArray(value)) for (const item of value) yield* arraysIn(item);
  else if (value instanceof Map) for (const item of value.values()) yield* arraysIn(item);
  else if (
    value !== null &&
    typeof value === "object" &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    for (const item of Object.values(value)) yield* arraysIn(item);
  }
}
