import type { Module } from "./module.ts";

/** Puts a module in evaluation mode. @returns what gives each layer the mode it had before. */
export function enterEvalMode(model: Module): () => void {
  const training = model.modules().filter((module) => module.training);
  model.eval();
  return () => {
    for (const module of training) module.setTraining(true);
  };
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
