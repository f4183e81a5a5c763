import { noGrad } from "../autograd/mode.ts";
import { softmax } from "../autograd/ops/softmax.ts";
import { Tensor } from "../autograd/tensor.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../data/index.ts";
import type { Module } from "../nn/index.ts";

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

/** Softmax of the model's outputs [N, C], in evaluation mode. */
export async function predict(
  model: Module,
  images: Tensor | Dataset,
  options: PredictOptions = {},
): Promise<Prediction[]> {
  const wasTraining = model.training;
  model.eval();
  try {
    if (images instanceof Tensor) return await predictBatch(model, images, options.classes ?? []);
    const { batchSize = 32, transform } = options;
    const classes = options.classes ?? images.classes ?? [];
    const found: Prediction[] = [];
    for await (const batch of new DataLoader(images, { batchSize, transform }).batches()) {
      found.push(...(await predictBatch(model, batch.images, classes)));
    }
    return found;
  } finally {
    model.train(wasTraining);
  }
}

async function predictBatch(
  model: Module,
  images: Tensor,
  classes: readonly string[],
): Promise<Prediction[]> {
  const outputs = noGrad(() => softmax(model.forward(images) as Tensor, 1));
  const [count, width] = outputs.shape as [number, number];
  const values = (await outputs.data()) as Float32Array;
  outputs.dispose();
  return Array.from({ length: count }, (_, i) => {
    const probabilities = values.slice(i * width, (i + 1) * width);
    const probability = Math.max(...probabilities);
    const label = probabilities.indexOf(probability);
    return { label, name: classes[label] ?? String(label), probability, probabilities };
  });
}
