import { noGrad, Tensor } from "../../autograd/index.ts";
import { upload } from "../../kernels/index.ts";
import type { Batch } from "./batch_source.ts";

/** A batch on the GPU. */
export interface LoadedBatch {
  /** f32 [n, c, h, w] */
  readonly images: Tensor;
  /** i32 [n]; f32 [n, classes] where examples have a number for each class. */
  readonly labels: Tensor;
  /** The labels on the host: nobody needs to read them back. */
  readonly targets: Int32Array | Float32Array;
  /** The examples' other inputs, f32 [n, …] each, where they have any. */
  readonly others?: readonly Tensor[];
  /** Which examples of the dataset these are. */
  readonly indices: Int32Array;
}

/** A batch whose images are floats. */
export type FloatBatch = Batch & { readonly images: Float32Array };

export function hasFloats(batch: Batch): batch is FloatBatch {
  return batch.images instanceof Float32Array;
}

export function labelType({ labels }: Batch): "f32" | "i32" {
  return labels instanceof Float32Array ? "f32" : "i32";
}

/** Brings images of floats to the GPU as they are. */
export function loadFloats(batch: FloatBatch): LoadedBatch {
  const { images, shape, labels, labelShape, indices } = batch;
  return noGrad(() => ({
    images: new Tensor(upload(images, shape, "f32")),
    labels: new Tensor(upload(labels, labelShape, labelType(batch))),
    targets: labels,
    indices,
  }));
}
