import { runNow, runWith, type Setting, Variable } from "../gpu/index.ts";
import { innerScope, NDArray, Scope } from "../kernels/index.ts";
import { Tensor } from "./tensor.ts";

const gradMode = new Variable(true);
const repeating = new Variable(false);

/** Whether gradients are tracked: whether operations note what `backward()` needs. */
export function isGradEnabled(): boolean {
  return gradMode.value;
}

/**
 * Runs `fn` without tracking gradients and frees every tensor made in it except those it returns
 * (in an array or object too). No other task sees the mode.
 *
 * In Node `fn` may be declared async: it keeps the mode across its awaits, and what it made is freed when it settles.
 * @throws TypeError for another function that returns a promise.
 */
export function noGrad<T>(fn: () => T): T {
  return runScoped("noGrad", [gradMode.as(false)], fn);
}

/** As `noGrad`, under PyTorch's other name for it. */
export function inferenceMode<T>(fn: () => T): T {
  return runScoped("inferenceMode", [gradMode.as(false)], fn);
}

/** Tracks gradients all the same inside `noGrad`. */
export function enableGrad<T>(fn: () => T): T {
  return runWith("enableGrad", [gradMode.as(true)], fn);
}

/** Runs `fn`, which waits for nothing, in one mode or the other and frees nothing. */
export function withGradMode<T>(on: boolean, fn: () => T): T {
  return gradMode.run(on, fn);
}

/** Whether a forward pass is being run again for its gradients: it must not count as another one. */
export function isRecomputing(): boolean {
  return repeating.value;
}

/** Runs `fn`, with gradients, as a repetition of an earlier forward pass. */
export function recomputing<T>(fn: () => T): T {
  return runNow([repeating.as(true), gradMode.as(true)], fn);
}

/**
 * Runs `fn` and frees every tensor made in it, except those it returns and what their gradients
 * need. Use it around work whose intermediates you don't look at. In Node `fn` may be declared async.
 */
export function scope<T>(fn: () => T): T {
  return runScoped("scope", [], fn);
}

function runScoped<T>(name: string, settings: readonly Setting[], fn: () => T): T {
  const own = new Scope();
  const outer = innerScope.value;
  const close = (result?: unknown) => own.close(arraysIn(result), outer);
  let result: T;
  try {
    result = runWith(name, [...settings, innerScope.as(own)], fn);
  } catch (error) {
    close();
    throw error;
  }
  if (!(result instanceof Promise)) {
    close(result);
    return result;
  }
  const settled = result.then(
    (value) => {
      close(value);
      return value;
    },
    (error) => {
      close();
      throw error;
    },
  );
  return settled as T;
}

/** The arrays behind every tensor in a value, and arrays themselves, looking into arrays, Maps and plain objects. */
export function* arraysIn(value: unknown): Generator<NDArray> {
  for (const item of leavesOf(value)) {
    if (item instanceof NDArray) yield item;
    else if (item instanceof Tensor) {
      yield item.array;
      if (item.ownGrad) yield item.ownGrad.array;
    }
  }
}

/** The tensors in a value, looking into arrays, Maps and plain objects. */
export function tensorsIn(value: unknown): Tensor[] {
  return [...leavesOf(value)].filter((item) => item instanceof Tensor);
}

function* leavesOf(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) for (const item of value) yield* leavesOf(item);
  else if (value instanceof Map) for (const item of value.values()) yield* leavesOf(item);
  else if (
    value !== null &&
    typeof value === "object" &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    for (const item of Object.values(value)) yield* leavesOf(item);
  } else yield value;
}
