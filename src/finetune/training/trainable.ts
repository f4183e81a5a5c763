import { messageOf } from "../../base/index.ts";
import type { Module } from "../../nn/index.ts";
import { freeze, unfreeze } from "../../transfer/index.ts";
import { SettingError } from "../errors.ts";
import { classifierOf } from "../network/build.ts";
import { count, some } from "../text.ts";
import type { TrainingPlan } from "./plan.ts";

/**
 * Freezes what the plan doesn't train.
 *
 * @throws SettingError naming the layers there are.
 */
export function freezeOthers(model: Module, { train, freeze }: TrainingPlan): void {
  if (freeze === undefined) chooseTrainable(model, train);
  else chooseFrozen(model, freeze);
}

/**
 * Freezes everything but the layers that `patterns` mean: "all", "head" (what comes after the features), or what
 * `transfer.unfreeze` takes.
 */
function chooseTrainable(model: Module, patterns: readonly string[]): void {
  if (patterns.includes("all")) return;
  freeze(model);
  const paths = patterns.flatMap((name) => (name === "head" ? classifierOf(model) : name));
  for (const path of paths) asked("train", () => unfreeze(model, path));
}

/** The other way round: trains everything but what `pattern` means. */
function chooseFrozen(model: Module, pattern: string): void {
  asked("freeze", () => freeze(model, pattern));
  if (model.parameters().some(({ requiresGrad }) => requiresGrad)) return;
  throw new SettingError(`{freeze} ${pattern}: nothing is left to train`);
}

function asked(setting: string, apply: () => void): void {
  try {
    apply();
  } catch (cause) {
    throw new SettingError(`{${setting}}: ${messageOf(cause)}`, { cause });
  }
}

export interface Trainable {
  /** Numbers of parameters. */
  readonly trained: number;
  readonly parameters: number;
  /** The layers that are trained; empty where all are. */
  readonly layers: readonly string[];
}

/** What of a model is trained. */
export function trainableOf(model: Module): Trainable {
  const size = (tensors: readonly { size: number }[]) =>
    tensors.reduce((sum, t) => sum + t.size, 0);
  const named = model.namedParameters();
  const trained = named.filter(([, { requiresGrad }]) => requiresGrad);
  const layers = new Set(trained.map(([name]) => name.slice(0, name.lastIndexOf("."))));
  return {
    trained: size(trained.map(([, parameter]) => parameter)),
    parameters: size(named.map(([, parameter]) => parameter)),
    layers: trained.length === named.length ? [] : [...layers],
  };
}

/** "38,026 of 110,410 parameters, in classifier" */
export function trainableText({ trained, parameters, layers }: Trainable): string {
  if (layers.length === 0) return `all ${count(parameters)} parameters`;
  return `${count(trained)} of ${count(parameters)} parameters, in ${some(layers)}`;
}
