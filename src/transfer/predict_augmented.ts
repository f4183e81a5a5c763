import { checkOptions } from "../base/index.ts";
import { type Dataset, transforms } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { type Prediction, type PredictOptions, predict, Trainer } from "../train/index.ts";

export interface PredictAugmentedOptions extends Omit<PredictOptions, "seed"> {
  /** How often each image is varied. Default 4. */
  times?: number;
  /** How much the image as it is counts, beside the mean of the varied ones. Default 0.25. */
  beta?: number;
  /** Of the variations. Default 0. */
  seed?: number;
}

const KNOWN = ["batchSize", "transform", "classes", "times", "beta", "seed"];

/**
 * Test-time augmentation, as fastai's `tta`: each image's class from the mean of the probabilities that the model gives for some
 * random variations of it, and for the image without them.
 *
 * @param model a Trainer, which survives the loss of the GPU; or a model that gives logits of classes.
 * @param options.transform with random parts, as for training.
 * @example await transfer.predictAugmented(trainer, set, { transform: [rescale(), randomFlip(), randomCrop(32, { padding: 4 })] })
 */
export async function predictAugmented(
  model: Trainer | Module,
  dataset: Dataset,
  options: PredictAugmentedOptions = {},
): Promise<Prediction[]> {
  checkOptions("predictAugmented", options, KNOWN);
  const { times = 4, beta = 0.25, seed = 0, transform = [], ...how } = options;
  if (!Number.isInteger(times) || times < 1)
    throw new RangeError(
      `predictAugmented: times must be a whole number of at least 1, not ${times}`,
    );
  if (!(beta >= 0 && beta <= 1))
    throw new RangeError(`predictAugmented: beta must be from 0 to 1, not ${beta}`);
  const run = (more: PredictOptions) =>
    model instanceof Trainer ? model.predict(dataset, more) : predict(model, dataset, more);
  const plain = await run({ ...how, transform: transforms.withoutRandomness(transform) });
  const varied: Prediction[][] = [];
  for (let i = 0; i < times; i++) varied.push(await run({ ...how, transform, seed: seed + i }));
  return plain.map((own, n) => {
    const others = varied.map((pass) => pass[n]!);
    return combined(own, others, beta, how.classes ?? dataset.classes ?? []);
  });
}

function combined(
  own: Prediction,
  others: readonly Prediction[],
  beta: number,
  classes: readonly string[],
): Prediction {
  const mix = (of: "probabilities" | "outputs") =>
    own[of].map((value, c) => {
      const mean = others.reduce((sum, other) => sum + other[of][c]!, 0) / others.length;
      return beta * value + (1 - beta) * mean;
    });
  const probabilities = mix("probabilities");
  const probability = Math.max(...probabilities);
  const label = probabilities.indexOf(probability);
  return {
    label,
    name: classes[label] ?? String(label),
    probability,
    probabilities,
    outputs: mix("outputs"),
  };
}
