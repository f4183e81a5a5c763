import { noGrad, type Tensor } from "../../autograd/index.ts";
import { shapeText } from "../../base/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset, transformed } from "../../data/index.ts";
import type { Loss } from "../../nn/index.ts";
import type { captureOutputs } from "./evaluation_step.ts";

/** The most probable class of an image, with all probabilities. */
export interface Prediction {
  label: number;
  /** The class's name, where names are known. */
  name: string;
  probability: number;
  probabilities: Float32Array;
  /** What the model gave, before it was turned into probabilities. */
  outputs: Float32Array;
}

export interface PredictOptions {
  /** Images that are run at once. Default 32. */
  batchSize?: number;
  transform?: DataLoaderOptions["transform"];
  /** Of random parts of the transform, on a dataset. Default 0. */
  seed?: number;
  /** Names of the classes. Default: the dataset's. */
  classes?: readonly string[];
}

export const PREDICT_OPTIONS = ["batchSize", "transform", "seed", "classes"];

/** What prediction works with. */
export interface PredictionParts {
  readonly loss: Loss;
  readonly step: ReturnType<typeof captureOutputs>;
}

/** The predictions for a dataset, one an image. */
export async function predictDataset(
  parts: PredictionParts,
  dataset: Dataset,
  { batchSize = 32, transform, seed, classes }: PredictOptions,
): Promise<Prediction[]> {
  const loader = new DataLoader(dataset, { batchSize, transform, seed });
  const names = classes ?? dataset.classes ?? [];
  const found: Prediction[] = [];
  for await (const { images, others = [] } of loader.batches())
    found.push(...(await predictBatch(parts, [images, ...others], names)));
  return found;
}

/** The predictions for images [N, C, H, W] that are on the GPU, f32. */
export async function predictTensor(
  parts: PredictionParts,
  images: Tensor,
  { batchSize = 32, transform, classes = [] }: PredictOptions,
): Promise<Prediction[]> {
  const found: Prediction[] = [];
  const [count = 0] = images.shape;
  for (let at = 0; at < count; at += batchSize) {
    const batch = noGrad(() => images.narrow(0, at, Math.min(batchSize, count - at)));
    const input = transform ? await transformed(batch, transform) : batch;
    found.push(...(await predictBatch(parts, [input], classes)));
    for (const used of new Set([batch, input])) used.dispose();
  }
  return found;
}

async function predictBatch(
  { loss, step }: PredictionParts,
  inputs: Tensor[],
  classes: readonly string[],
): Promise<Prediction[]> {
  if (!step.isRecorded(...inputs)) await step.compile(inputs);
  const outputs = step(...inputs);
  const [count, width] = outputs.shape as [number, number];
  if (outputs.ndim !== 2) {
    throw new Error(
      `predict: the model gives ${shapeText(outputs.shape)}, not [N, classes]; transfer.replaceHead(model, n) gives it n outputs`,
    );
  }
  const values = (await outputs.data()) as Float32Array;
  return Array.from({ length: count }, (_, i) =>
    prediction(loss, values.slice(i * width, (i + 1) * width), classes),
  );
}

function prediction(loss: Loss, outputs: Float32Array, classes: readonly string[]): Prediction {
  const probabilities = loss.probabilities(outputs);
  let label = 0;
  for (let c = 1; c < probabilities.length; c++)
    if (probabilities[c]! > probabilities[label]!) label = c;
  const probability = probabilities[label]!;
  return { label, name: classes[label] ?? String(label), probability, probabilities, outputs };
}
