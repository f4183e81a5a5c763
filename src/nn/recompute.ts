import type { Tensor } from "../autograd/index.ts";
import { Sequential } from "./container.ts";
import type { Module } from "./module.ts";
import { type Recompute, runSegments } from "./segments.ts";

/** @throws RangeError unless it is a flag or a number of segments. */
function checkRecompute(name: string, value: Recompute): Recompute {
  if (typeof value === "boolean" || (Number.isInteger(value) && value >= 1)) return value;
  throw new RangeError(
    `${name}: recompute is ${String(value)}; it must be true, false or a whole number of segments`,
  );
}

/**
 * Runs modules in order, cut into `segments` of which only the inputs are kept for backward (the
 * last one is kept whole): PyTorch's checkpoint_sequential. See `checkpoint`.
 */
export function checkpointSequential(
  modules: Iterable<Module>,
  segments: number,
  input: Tensor,
): Tensor {
  return runSegments(modules, checkRecompute("checkpointSequential", segments), input);
}

/**
 * Has every chain of layers in a model (each outermost Sequential) keep only some of its values for
 * backward and compute the others again while it trains: less memory, about a third more time, the
 * same gradients. `true` cuts a chain of n layers into about √n segments; false turns it off.
 */
export function setRecompute(model: Module, recompute: Recompute): void {
  checkRecompute("setRecompute", recompute);
  const visit = (module: Module) => {
    if (module instanceof Sequential) module.recompute = recompute;
    else for (const child of module.children()) visit(child);
  };
  visit(model);
}
