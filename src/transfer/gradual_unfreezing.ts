import { checkOptions } from "../base/index.ts";
import { Backbone } from "../models/index.ts";
import type { Module } from "../nn/index.ts";
import { freeze, unfreeze } from "./freeze.ts";

export interface GradualUnfreezingOptions {
  /**
   * What is trained from the first epoch on, what joins it after that, and so on: patterns as for `unfreeze`, several of them
   * for one stage in a list. Default: all but the features, then a third of the features' layers after the other, the last
   * ones first.
   */
  stages?: readonly (string | RegExp | readonly (string | RegExp)[])[];
  /** Epochs from one stage to the next. Default 1. */
  every?: number;
}

/** The pieces that features are unfrozen in. */
const PIECES = 3;

/**
 * Gradual unfreezing (Howard & Ruder 2018, https://arxiv.org/abs/1801.06146): the head is trained first, then more and more of
 * the layers before it. Freezes all but the first stage at once.
 *
 * @returns what `fit` takes as `beforeEpoch`. Give the optimizer all the parameters at the start: those that are frozen wait,
 *   and what it knows of the others stays.
 * @throws Error where no layer matches, and for a model without features that gives no stages.
 * @example
 * const optimizer = new optim.Adam(model.parameters(), { lr: 1e-4 });
 * const beforeEpoch = transfer.gradualUnfreezing(model);
 * await new Trainer({ model, optimizer }).fit(set, { epochs: 6, beforeEpoch });
 */
export function gradualUnfreezing(
  model: Module,
  options: GradualUnfreezingOptions = {},
): (epoch: number) => void {
  checkOptions("gradualUnfreezing", options, ["stages", "every"]);
  const { stages = defaultStages(model), every = 1 } = options;
  if (!Number.isInteger(every) || every < 1)
    throw new RangeError(
      `gradualUnfreezing: every must be a whole number of at least 1, not ${every}`,
    );
  if (stages.length === 0) throw new Error("gradualUnfreezing: there are no stages");
  for (const pattern of stages.flat()) unfreeze(model, pattern); // wrong ones are told now
  const beforeEpoch = (epoch: number) => {
    freeze(model);
    const open = stages.slice(0, 1 + Math.floor(epoch / every));
    for (const pattern of open.flat()) unfreeze(model, pattern);
  };
  beforeEpoch(0);
  return beforeEpoch;
}

function defaultStages(model: Module): string[][] {
  if (!(model instanceof Backbone)) {
    throw new Error(
      "gradualUnfreezing: say what is unfrozen when in { stages }; only models with features and a classifier have defaults",
    );
  }
  const head = model.namedChildren().flatMap(([name]) => (name === "features" ? [] : [name]));
  const layers = model.features
    .namedChildren()
    .filter(([, layer]) => layer.parameters().length > 0);
  const names = layers.map(([name]) => `features.${name}`);
  const bounds = Array.from({ length: PIECES + 1 }, (_, i) =>
    Math.round((i * names.length) / PIECES),
  );
  const pieces = bounds.slice(1).map((end, i) => names.slice(bounds[i], end));
  return [head, ...pieces.reverse()].filter((stage) => stage.length > 0);
}
