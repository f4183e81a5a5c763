import type { Dataset } from "../data/index.ts";
import { Backbone } from "../models/index.ts";
import type { Module } from "../nn/index.ts";
import { FeatureCache } from "../transfer/index.ts";
import { NothingTrained } from "./interrupt.ts";
import type { Output } from "./output.ts";
import type { Prepared } from "./prepare.ts";
import type { Settings } from "./settings.ts";

/** What is trained: the network on images, or what follows its frozen layers on their features. */
export interface Trainee {
  readonly model: Module;
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly transform: Prepared["trainTransform"];
  readonly evalTransform: Prepared["plainTransform"];
}

/** Trains on images. */
export function onImages(model: Module, prepared: Prepared): Trainee {
  const { train, validation, trainTransform, plainTransform } = prepared;
  return {
    model,
    train,
    validation,
    transform: trainTransform,
    evalTransform: plainTransform,
  };
}

/**
 * Runs the frozen layers once over all images, so that epochs cost only what is trained.
 *
 * @throws NothingTrained when interrupted.
 */
export async function onFeatures(
  model: Backbone,
  prepared: Prepared,
  settings: Settings,
  output: Output,
  signal: AbortSignal,
): Promise<Trainee> {
  const cache = new FeatureCache(model);
  const { train, validation, plainTransform: transform } = prepared;
  const progress = output.progress("features");
  const total = train.length + validation.length;
  const compute = (set: Dataset, before: number) =>
    cache.compute(set, {
      transform,
      batchSize: settings.batchSize,
      onProgress(done) {
        progress.images(before + done, total);
        if (signal.aborted) throw new NothingTrained();
      },
    });
  try {
    const features = await compute(train, 0);
    const held = await compute(validation, train.length);
    return {
      model: cache.remainder,
      train: features,
      validation: held,
      transform: [],
      evalTransform: [],
    };
  } finally {
    progress.stop();
  }
}

/** A model whose first layer with parameters is frozen. */
export function hasFrozenPrefix(model: Module): model is Backbone {
  if (!(model instanceof Backbone)) return false;
  const [first] = model.features.parameters();
  return first !== undefined && !first.requiresGrad;
}
