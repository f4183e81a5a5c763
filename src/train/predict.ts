import { noGrad } from "../autograd/mode.ts";
import { softmax } from "../autograd/ops/softmax.ts";
import { checkOptions } from "../autograd/options.ts";
import { Tensor } from "../autograd/tensor.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { inEvalMode } from "../nn/mode.ts";

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
  checkOptions("predict", options, ["batchSize", "transform", "classes"]);
  return inEvalMode(model, async () => {
    if (images instanceof Tensor) return await predictBatch(model, images, options.classes ?? []);
    const { batchSize = 32, transform } = options;
    const classes = options.classes ?? images.classes ?? [];
    const found: Prediction[] = [];
    for await (const batch of new DataLoader(images, { batchSize, transform }).batches()) {
      found.push(...(await predictBatch(model, batch.images, classes)));
    }
    return found;
  });
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
    let label = 0;
    for (let c = 1; c < width; c++) if (probabilities[c]! > probabilities[label]!) label = c;
    const probability = probabilities[label]!;
    return { label, name: classes[label] ?? String(label), probability, probabilities };
  });
}
