import { noGrad, Tensor } from "../autograd/index.ts";
import { checkOptions, shapeText } from "../base/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../data/index.ts";
import { inEvalMode, type Module } from "../nn/index.ts";
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
  const probabilitiesOf = several ? sigmoid : softmax;
  return inEvalMode(model, async () => {
    const run = (batch: Tensor, names: readonly string[]) =>
      readBatch(
        noGrad(() => model.forward(batch) as Tensor),
        probabilitiesOf,
        names,
      );
    if (images instanceof Tensor) return await run(images, options.classes ?? []);
    const { batchSize = 32, transform } = options;
    const loader = new DataLoader(images, { batchSize, transform });
    const classes = options.classes ?? images.classes ?? [];
    const found: Prediction[] = [];
    for await (const batch of loader.batches()) {
      found.push(...(await run(batch.images, classes)));
    }
    return found;
  });
}

async function readBatch(
  outputs: Tensor,
  probabilitiesOf: (logits: Float32Array) => Float32Array,
  classes: readonly string[],
): Promise<Prediction[]> {
  if (outputs.ndim !== 2) {
    throw new Error(
      `predict: the model gives ${shapeText(outputs.shape)}, not [N, classes]; transfer.replaceHead(model, n) gives it n outputs`,
    );
  }
  const [count, width] = outputs.shape as [number, number];
  const values = (await outputs.data()) as Float32Array;
  outputs.dispose();
  return Array.from({ length: count }, (_, i) => {
    const probabilities = probabilitiesOf(values.slice(i * width, (i + 1) * width));
    let label = 0;
    for (let c = 1; c < width; c++) if (probabilities[c]! > probabilities[label]!) label = c;
    const probability = probabilities[label]!;
    return { label, name: classes[label] ?? String(label), probability, probabilities };
  });
}

const sigmoid = (logits: Float32Array) => logits.map((logit) => 1 / (1 + Math.exp(-logit)));

function softmax(logits: Float32Array): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const weights = logits.map((logit) => Math.exp(logit - most));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}
