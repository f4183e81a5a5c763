import type { Tensor } from "../../autograd/index.ts";
import type { TransformOption } from "../transforms/evaluation.ts";
import type { DrawOptions, Mixer } from "../transforms/pipeline.ts";
import type { Transform } from "../transforms/types.ts";
import type { Batch } from "./batch_source.ts";
import { hasFloats, type LoadedBatch, loadFloats } from "./float_batch.ts";

/** What runs transforms, and unpacks bytes: loaded when there is something for it to do. */
const loadPipeline = () => import("../transforms/pipeline.ts");

/** Brings a batch to the GPU and through the transforms. Without any, bytes become floats from 0 to 255. */
export async function loadBatch(
  batch: Batch,
  transforms: readonly Transform[],
  draw: DrawOptions,
  mixer: Mixer | null,
): Promise<LoadedBatch> {
  if (transforms.length === 0 && hasFloats(batch) && !mixer && !batch.others)
    return loadFloats(batch);
  return (await loadPipeline()).uploadBatch(batch, transforms, draw, mixer);
}

/** `transforms.apply`, for what can wait. */
export async function transformed(images: Tensor, transforms: TransformOption): Promise<Tensor> {
  return (await loadPipeline()).applyTransforms(images, transforms);
}
