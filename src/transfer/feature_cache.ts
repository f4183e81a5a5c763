import { capture, noGrad, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  DataLoader,
  type DataLoaderOptions,
  type Dataset,
  type Example,
  type Label,
  type LoadedBatch,
} from "../data/index.ts";
import type { MapShape } from "../models/index.ts";
import { evaluating, type Module } from "../nn/index.ts";
import { ModelKeeper } from "../train/index.ts";
import { splitOf } from "./fixed_prefix.ts";

export interface FeatureOptions {
  transform?: DataLoaderOptions["transform"];
  batchSize?: number;
  onProgress?: (done: number, total: number) => void;
}

/** Feature maps in place of images. */
class FeatureDataset implements Dataset {
  readonly length: number;
  readonly labels?: Int32Array;

  constructor(
    private readonly features: Float32Array,
    private readonly shape: MapShape,
    private readonly targets: readonly Label[],
    readonly classes: readonly string[] | undefined,
  ) {
    this.length = targets.length;
    const labels = targets.filter((label) => typeof label === "number");
    if (labels.length === targets.length) this.labels = Int32Array.from(labels);
  }

  get(index: number): Example {
    const [channels, height, width] = this.shape;
    const size = channels * height * width;
    const image = this.features.subarray(index * size, (index + 1) * size);
    return { image, shape: this.shape, label: this.targets[index]! };
  }
}

/**
 * Computes the features of a model's frozen prefix once, so that training what follows costs only
 * what follows. The model is one of `models`, an `nn.Sequential`, or a network built of a file. The prefix ends before the
 * first layer that trains, is random or flattens.
 *
 * @example
 * transfer.freeze(model, "features");
 * const cache = new transfer.FeatureCache(model);
 * const trainer = new Trainer({ model: cache.remainder, optimizer });
 * trainer.fit(await cache.compute(trainSet, { transform }), { epochs: 20 });
 */
export class FeatureCache {
  /** Frozen layers, in order. */
  readonly prefix: Module;
  /** What is trained on the cached features; holds the model's own layers. */
  readonly remainder: Module;
  /** Keeps the whole model and not the prefix alone: what is trained next must survive a lost device too. */
  readonly #keeper: ModelKeeper;

  /**
   * @throws TypeError for a model that is neither of these; Error when its first layer trains already: there is nothing
   *   to cache.
   */
  constructor(readonly model: Module) {
    const split = splitOf(model);
    if (!split) {
      throw new Error(
        'FeatureCache: the first layer trains; freeze some first, as transfer.freeze(model, "features")',
      );
    }
    this.prefix = split.prefix;
    this.remainder = split.remainder;
    this.#keeper = new ModelKeeper(model);
    // Whoever trains the remainder keeps its tensors alone; the model is whole again after a lost device all the same.
    this.remainder.restored = () => this.#keeper.bringOver();
  }

  /**
   * Runs the prefix over a dataset, in evaluation mode. Random transforms are fixed: each image is
   * seen once.
   * @returns a dataset of feature maps with the same labels.
   */
  async compute(dataset: Dataset, options: FeatureOptions = {}): Promise<Dataset> {
    checkOptions("FeatureCache.compute", options, ["transform", "batchSize", "onProgress"]);
    const { transform, batchSize = 32, onProgress } = options;
    const loader = new DataLoader(dataset, { batchSize, transform });
    const features = new CollectedFeatures(dataset.length);
    const step = capture((images: Tensor) =>
      evaluating(this.prefix, () => noGrad(() => this.prefix.forward(images) as Tensor)),
    );
    const work = async (again: boolean) => {
      if (again) step.abandon(); // its device is lost
      loader.setEpoch(0);
      for await (const batch of loader.batches(features.batches)) {
        if (!step.isRecorded(batch.images)) await step.compile([batch.images]);
        await features.add(step(batch.images), batch);
        onProgress?.(features.labels.length, dataset.length);
      }
    };
    try {
      await this.#keeper.survivingLoss(work);
    } finally {
      step.dispose();
    }
    return features.asDataset(dataset.classes);
  }
}

/** Feature maps in host memory, as batches of them arrive. */
class CollectedFeatures {
  readonly labels: Label[] = [];
  batches = 0;
  #values = new Float32Array(0);
  #shape: MapShape = [0, 0, 0];

  constructor(private readonly examples: number) {}

  async add(maps: Tensor, { targets, indices }: LoadedBatch): Promise<void> {
    this.#shape = mapShapeOf(maps);
    const values = (await maps.data()) as Float32Array;
    const size = values.length / indices.length;
    if (this.batches === 0) this.#values = new Float32Array(size * this.examples);
    this.#values.set(values, this.labels.length * size);
    for (const i of indices.keys()) this.labels.push(labelAt(targets, i, indices.length));
    this.batches++;
  }

  asDataset(classes: readonly string[] | undefined): Dataset {
    return new FeatureDataset(this.#values, this.#shape, this.labels, classes);
  }
}

function labelAt(targets: Int32Array | Float32Array, i: number, count: number): Label {
  if (targets instanceof Int32Array) return targets[i]!;
  const width = targets.length / count;
  return targets.slice(i * width, (i + 1) * width);
}

function mapShapeOf(output: Tensor): MapShape {
  const [, channels = 1, height = 1, width = 1] = output.shape;
  return [channels, height, width];
}
