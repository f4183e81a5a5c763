import type { Module } from "./module.ts";

/** Puts a module in evaluation mode. @returns what gives each layer the mode it had before. */
export function enterEvalMode(model: Module): () => void {
  const training = model.modules().filter((module) => module.training);
  model.eval();
  return () => {
    for (const module of training) module.setTraining(true);
  };
}

/**
 * Runs `fn` with a module in evaluation mode and gives each layer back the mode it had. `fn` mustn't wait for anything: no
 * other task ever sees the mode.
 *
 * @throws TypeError when `fn` returns a promise.
 */
export function evaluating<T>(model: Module, fn: () => T): T {
  const leave = enterEvalMode(model);
  try {
    const result = fn();
    if (!(result instanceof Promise)) return result;
    result.catch(() => {}); // the error below is the one to show
    throw new TypeError(
      "evaluating: the function returned a promise, and the mode ends before it settles: wrap only what runs without waiting",
    );
  } finally {
    leave();
  }
}

/** Runs `fn` with a module in evaluation mode; afterwards each layer has the mode it had before. */
export async function inEvalMode<T>(model: Module, fn: () => Promise<T>): Promise<T> {
  const leave = enterEvalMode(model);
  try {
    return await fn();
  } finally {
    leave();
  }
}
