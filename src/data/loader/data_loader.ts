import type { Tensor } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import {
  type TransformOption,
  transformList,
  withoutRandomness,
} from "../transforms/evaluation.ts";
import type { Mixing } from "../transforms/mixing.ts";
import type { Mixer } from "../transforms/pipeline.ts";
import type { Transform } from "../transforms/types.ts";
import type { Dataset } from "../types.ts";
import { BATCH_OPTIONS, type BatchOptions, BatchSource } from "./batch_source.ts";
import type { LoadedBatch } from "./float_batch.ts";
import { loadBatch } from "./load_batch.ts";

export interface DataLoaderOptions extends BatchOptions {
  /** What the images go through on the GPU: one of `data.transforms`, or several in order. */
  transform?: TransformOption;
  /** Mixes the images of each batch and their labels, which then are shares of classes, f32 [n, classes]: see `transforms.mixup`. */
  mix?: Mixing;
}

type LoadedTensors = [images: Tensor, labels: Tensor, ...others: Tensor[]];

/**
 * Deals a dataset out in batches, as an async iterable of [images, labels]: f32 [n, c, h, w] and
 * i32 [n]; behind them what examples have beside their image. Images of bytes arrive as floats from 0 to
 * 255 unless a transform rescales them. Each iteration is the next epoch; batches are assembled ahead of need on the CPU.
 *
 * A batch's memory is freed when the next one is asked for; `detach()` keeps a tensor for longer.
 *
 * @example
 * const loader = new DataLoader(set, { batchSize: 32, shuffle: true, transform: [rescale(), randomFlip()] });
 * for await (const [images, labels] of loader) { … }
 */
export class DataLoader implements AsyncIterable<LoadedTensors> {
  /** The CPU half. */
  readonly source: BatchSource;
  readonly transform: readonly Transform[];
  readonly #mixer: Mixer | null;

  /** @throws on unknown or impossible options. */
  constructor(dataset: Dataset, options: DataLoaderOptions = {}) {
    checkOptions("DataLoader", options, [...BATCH_OPTIONS, "transform", "mix"]);
    const { transform, mix, ...batching } = options;
    this.source = new BatchSource(dataset, batching);
    this.transform = transformList(transform);
    this.#mixer = mix ? { mixing: mix, dataset, classes: null } : null;
  }

  get dataset(): Dataset {
    return this.source.dataset;
  }

  get batchSize(): number {
    return this.source.batchSize;
  }

  /** Batches per epoch. */
  get length(): number {
    return this.source.length;
  }

  /** Makes the next iteration that of epoch `epoch`, counted from 0: order and augmentation follow. */
  setEpoch(epoch: number): void {
    this.source.setEpoch(epoch);
  }

  /** The transform without its random parts, for evaluation. */
  get evalTransform(): Transform[] {
    return withoutRandomness(this.transform);
  }

  /**
   * The next epoch from batch `first` on, with the labels on the host too. A batch's tensors are freed
   * when the next one is asked for.
   */
  async *batches(first = 0): AsyncGenerator<LoadedBatch, void, undefined> {
    const { seed, batchSize } = this.source;
    for await (const batch of this.source.batches(first)) {
      const draw = { seed, epoch: batch.epoch, position: batch.index * batchSize };
      const loaded = await loadBatch(batch, this.transform, draw, this.#mixer);
      yield loaded;
      // Only reached when the next batch is asked for: whoever breaks off keeps the last one.
      loaded.images.dispose();
      loaded.labels.dispose();
      for (const other of loaded.others ?? []) other.dispose();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LoadedTensors, void, undefined> {
    for await (const { images, labels, others = [] } of this.batches())
      yield [images, labels, ...others];
  }
}
