import type { Module } from "./module.ts";

/** Runs `fn` with a module in evaluation mode; afterwards each layer has the mode it had before. */
export async function inEvalMode<T>(model: Module, fn: () => Promise<T>): Promise<T> {
  const training = model.modules().filter((module) => module.training);
  model.eval();
  try {
    return await fn();
  } finally {
    for (const module of training) module.setTraining(true);
  }
}
