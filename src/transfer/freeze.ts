import type { Module } from "../nn/index.ts";
import { selectTrainable } from "./select.ts";

/**
 * Stops training the layers that `pattern` means: "features.0", "features.24-" (from there on),
 * "classifier", a parameter ("classifier.6.bias"), or a RegExp tested on the paths of modules and
 * parameters. Everything when left out.
 *
 * Work below the lowest trainable layer is then skipped, and frozen BatchNorm keeps its running
 * statistics.
 * @returns the paths that were frozen.
 */
export function freeze(model: Module, pattern?: string | RegExp): string[] {
  return setTrainable(model, pattern, false);
}

/** Trains the layers that `pattern` means again; patterns as for `freeze`. */
export function unfreeze(model: Module, pattern?: string | RegExp): string[] {
  return setTrainable(model, pattern, true);
}

function setTrainable(
  model: Module,
  pattern: string | RegExp | undefined,
  trainable: boolean,
): string[] {
  if (pattern === undefined) {
    model.requiresGrad_(trainable);
    return model.namedChildren().map(([path]) => path);
  }
  return selectTrainable(model, pattern).map(([path, chosen]) => {
    chosen.requiresGrad_(trainable);
    return path;
  });
}
