import { capture, flatten, noGrad, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import type { Dataset } from "../data/index.ts";
import { Conv2d, evaluating, Linear, type Module } from "../nn/index.ts";
import { BATCHES_OPTIONS, type BatchesOptions, batchesOf } from "./batches.ts";
import { visitsOf } from "./trace.ts";

/**
 * What the last layer with weights is given for each image: the features by which the network tells classes apart. Those of a map are
 * averaged over its pixels. In evaluation mode.
 *
 * @param images f32 [N, C, H, W], or a dataset.
 * @returns a row an image.
 */
export async function embeddings(
  model: Module,
  images: Tensor | Dataset,
  options: BatchesOptions = {},
): Promise<Float32Array[]> {
  checkOptions("embeddings", options, BATCHES_OPTIONS);
  const rows: Float32Array[] = [];
  let step: ReturnType<typeof captureFeatures> | null = null;
  try {
    for await (const { batch } of batchesOf(images, options)) {
      step ??= captureFeatures(model, batch.shape);
      const features = step(batch);
      const width = features.shape[1]!;
      const values = (await features.data()) as Float32Array;
      for (let at = 0; at < values.length; at += width) rows.push(values.slice(at, at + width));
    }
  } finally {
    step?.dispose();
  }
  return rows;
}

function captureFeatures(model: Module, inputShape: readonly number[]) {
  const visits = visitsOf(model, [1, ...inputShape.slice(1)]);
  const last = visits.findLast(
    ({ module }) => module instanceof Linear || module instanceof Conv2d,
  );
  if (!last) throw new Error("embeddings: the model has no linear layer and no convolution");
  return capture((images: Tensor) =>
    noGrad(() => {
      let features: Tensor | null = null;
      const handle = last.module.registerForwardHook((_, [input]) => {
        features = input!.ndim === 4 ? input!.mean([2, 3]) : flatten(input!.mul(1), 1);
      });
      try {
        evaluating(model, () => model.forward(images));
        return features!;
      } finally {
        handle.remove();
      }
    }),
  );
}

export interface NearestOptions {
  /** How many for each. Default 5. */
  readonly count?: number;
  /** Default "cosine": 1 − the cosine of the angle between both. */
  readonly metric?: "cosine" | "euclidean";
}

/** One of the examples that are most alike. */
export interface Neighbour {
  /** Its place among those searched. */
  readonly index: number;
  readonly distance: number;
}

type Rows = readonly ArrayLike<number>[];

/**
 * For each row the nearest of others, the nearest first: with `embeddings`, which training images a network takes a picture to be
 * like.
 *
 * @throws RangeError where rows aren't of one length.
 */
export function nearest(queries: Rows, among: Rows, options: NearestOptions = {}): Neighbour[][] {
  checkOptions("nearest", options, ["count", "metric"]);
  const { count = 5, metric = "cosine" } = options;
  const width = among[0]?.length;
  const odd = [...queries, ...among].find((row) => row.length !== width);
  if (odd) throw new RangeError(`nearest: rows of ${width} and of ${odd.length} features`);
  const distance = metric === "cosine" ? cosineDistance : euclideanDistance;
  return queries.map((query) =>
    among
      .map((row, index) => ({ index, distance: distance(query, row) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, count),
  );
}

function euclideanDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(squares);
}

/** Of a row of zeros, which has no direction, 1. */
function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    squaresA += a[i]! ** 2;
    squaresB += b[i]! ** 2;
  }
  return 1 - dot / (Math.sqrt(squaresA * squaresB) || 1);
}
