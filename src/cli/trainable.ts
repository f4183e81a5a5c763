import type { Module } from "../nn/index.ts";
import { freeze, unfreeze } from "../transfer/index.ts";
import { UsageError } from "./errors.ts";
import { count, some } from "./format.ts";
import { headOf } from "./network.ts";

/**
 * Freezes everything but the layers that `patterns` mean: "all", "head" (what comes after the features), or what
 * `transfer.unfreeze` takes.
 *
 * @throws UsageError naming the layers there are.
 */
export function chooseTrainable(model: Module, patterns: readonly string[]): void {
  if (patterns.includes("all")) return;
  freeze(model);
  for (const pattern of patterns) {
    asked("--train", () => unfreeze(model, pattern === "head" ? headOf(model) : pattern));
  }
}

/** The other way round: trains everything but what `pattern` means. @throws UsageError as above. */
export function chooseFrozen(model: Module, pattern: string): void {
  asked("--freeze", () => freeze(model, pattern));
  if (model.parameters().some(({ requiresGrad }) => requiresGrad)) return;
  throw new UsageError(`--freeze ${pattern}: nothing is left to train`);
}

function asked(option: string, apply: () => void): void {
  try {
    apply();
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : error}`);
  }
}

/** "38,026 of 110,410 parameters, in classifier" */
export function trainableText(model: Module): string {
  const size = (tensors: readonly { size: number }[]) =>
    tensors.reduce((sum, t) => sum + t.size, 0);
  const all = model.parameters();
  const trained = all.filter(({ requiresGrad }) => requiresGrad);
  if (trained.length === all.length) return `all ${count(size(all))} parameters`;
  const layers = new Set(
    model
      .namedParameters()
      .filter(([, { requiresGrad }]) => requiresGrad)
      .map(([name]) => name.slice(0, name.lastIndexOf("."))),
  );
  return `${count(size(trained))} of ${count(size(all))} parameters, in ${some([...layers])}`;
}
