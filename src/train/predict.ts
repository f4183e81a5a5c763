import { noGrad } from "../autograd/mode.ts";
import { sigmoid } from "../autograd/ops/activations.ts";
import { softmax } from "../autograd/ops/softmax.ts";
import { checkOptions } from "../autograd/options.ts";
import { Tensor } from "../autograd/tensor.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../data/index.ts";
import { shapeText } from "../kernels/array.ts";
import type { Module } from "../nn/index.ts";
import { inEvalMode } from "../nn/mode.ts";
import type { LossFunction } from "./steps.ts";

/** The most probable class of an image, with all probabilities. */
export interface Prediction {
  label: number;
  /** The class's name, where names are known. */
  name: string;
  probability: number;
  probabilities: Float32Array;
}

export interface PredictOptions {
  batchSize?: number;
  transform?: DataLoaderOptions["transform"];
  classes?: readonly string[];
}

/**
 * Probabilities from the model's outputs [N, C], in evaluation mode: by softmax, or by sigmoid where
 * the loss has several classes right at once.
 */
export async function predict(
  model: Module,
  images: Tensor | Dataset,
  options: PredictOptions,
  loss: Module | LossFunction,
): Promise<Prediction[]> {
  checkOptions("predict", options, ["batchSize", "transform", "classes"]);
  // What is here knows the loss by this mark: a page that trains without it needn't download it.
  const several = "independentOutputs" in loss;
  const probabilitiesOf = (outputs: Tensor) => (several ? sigmoid(outputs) : softmax(outputs, 1));
  return inEvalMode(model, async () => {
    const run = (batch: Tensor) => noGrad(() => probabilitiesOf(model.forward(batch) as Tensor));
    if (images instanceof Tensor) return await readBatch(run(images), options.classes ?? []);
    const { batchSize = 32, transform } = options;
    const classes = options.classes ?? images.classes ?? [];
    const found: Prediction[] = [];
    for await (const batch of new DataLoader(images, { batchSize, transform }).batches()) {
      found.push(...(await readBatch(run(batch.images), classes)));
    }
    return found;
  });
}

async function readBatch(outputs: Tensor, classes: readonly string[]): Promise<Prediction[]> {
  if (outputs.ndim !== 2) {
    throw new Error(
      `predict: the model's output has shape ${shapeText(outputs.shape)}; [N, classes] is needed: a model without ` +
        "its top gives feature maps, and transfer.replaceHead(model, n) gives it n outputs",
    );
  }
  const [count, width] = outputs.shape as [number, number];
  const values = (await outputs.data()) as Float32Array;
  outputs.dispose();
  return Array.from({ length: count }, (_, i) => {
    const probabilities = values.slice(i * width, (i + 1) * width);
    let label = 0;
    for (let c = 1; c < width; c++) if (probabilities[c]! > probabilities[label]!) label = c;
    const probability = probabilities[label]!;
    return { label, name: classes[label] ?? String(label), probability, probabilities };
  });
}
