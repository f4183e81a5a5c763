import type { Dataset } from "../../data/index.ts";
import type { Module } from "../../nn/index.ts";
import { FeatureCache } from "../../transfer/index.ts";
import type { FeaturesEvent } from "../events.ts";
import type { Prepared } from "../prepare.ts";
import type { Tell } from "../task.ts";

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
  return { model, train, validation, transform: trainTransform, evalTransform: plainTransform };
}

/**
 * Runs the frozen layers once over all images, so that epochs cost only what is trained.
 *
 * @throws the signal's reason when it is raised.
 */
export async function onFeatures(
  model: Module,
  prepared: Prepared,
  batchSize: number,
  tell: Tell<FeaturesEvent>,
  signal: AbortSignal,
): Promise<Trainee> {
  const cache = new FeatureCache(model);
  const { train, validation, plainTransform: transform } = prepared;
  const total = train.length + validation.length;
  const compute = (set: Dataset, before: number) =>
    cache.compute(set, {
      transform,
      batchSize,
      onProgress(done) {
        void tell({ type: "features", done: before + done, total });
        signal.throwIfAborted();
      },
    });
  return {
    model: cache.remainder,
    train: await compute(train, 0),
    validation: await compute(validation, train.length),
    transform: [],
    evalTransform: [],
  };
}
