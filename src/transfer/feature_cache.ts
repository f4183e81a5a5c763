import { noGrad } from "../autograd/mode.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { DataLoader, type DataLoaderOptions, type Dataset, type Example } from "../data/index.ts";
import type { Backbone } from "../models/index.ts";
import { Dropout, Module, Sequential } from "../nn/index.ts";
import { runChain } from "../nn/container.ts";

/** Feature maps in place of images. */
class FeatureDataset implements Dataset {
  readonly length: number;
  readonly labels: Int32Array;

  constructor(
    private readonly features: Float32Array,
    private readonly shape: readonly [number, number, number],
    labels: Int32Array,
    readonly classes: readonly string[] | undefined,
  ) {
    this.length = labels.length;
    this.labels = labels;
  }

  get(index: number): Example {
    const [channels, height, width] = this.shape;
    const size = channels * height * width;
    const image = this.features.subarray(index * size, (index + 1) * size);
    return { image, shape: this.shape, label: this.labels[index]! };
  }
}

/** The layers that are still to be run on cached features. Shares its parameters with the model. */
class Remainder extends Module {
  constructor(
    readonly rest: Sequential,
    private readonly model: Backbone,
  ) {
    super();
  }

  override namedChildren(): [string, Module][] {
    const classifier: [string, Module][] = this.model.classifier ? [["classifier", this.model.classifier]] : [];
    return [["features", this.rest], ...classifier];
  }

  override forward(features: Tensor): Tensor {
    return this.model.forwardHead(runChain(this.rest, features));
  }
}

/**
 * Computes the features of a model's frozen prefix once, so that training what follows costs only
 * what follows. The prefix ends before the first layer that trains (or is random).
 *
 * @example
 * transfer.freeze(model, "features");
 * const cache = new transfer.FeatureCache(model);
 * const trainer = new Trainer({ model: cache.remainder, optimizer });
 * trainer.fit(await cache.compute(trainSet, { transform }), { epochs: 20 });
 */
export class FeatureCache {
  /** Frozen layers, in order. */
  readonly prefix: Sequential;
  /** What is trained on the cached features; holds the model's own layers. */
  readonly remainder: Module;

  /** @throws Error when the first layer trains already: there is nothing to cache. */
  constructor(readonly model: Backbone) {
    const layers = model.features.namedChildren();
    const isFixed = ([, layer]: [string, Module]) =>
      !(layer instanceof Dropout) && layer.parameters().every(({ requiresGrad }) => !requiresGrad);
    const found = layers.findIndex((entry) => !isFixed(entry));
    const cut = found < 0 ? layers.length : found;
    if (layers.slice(0, cut).every(([, layer]) => layer.parameters().length === 0)) {
      throw new Error('FeatureCache: the first layer trains; freeze some first, as transfer.freeze(model, "features")');
    }
    this.prefix = new Sequential(Object.fromEntries(layers.slice(0, cut)));
    this.remainder = new Remainder(new Sequential(Object.fromEntries(layers.slice(cut))), model);
  }

  /**
   * Runs the prefix over a dataset, in evaluation mode. Random transforms are fixed: each image is
   * seen once.
   * @returns a dataset of feature maps with the same labels.
   */
  async compute(
    dataset: Dataset,
    options: { transform?: DataLoaderOptions["transform"]; batchSize?: number; onProgress?: (done: number, total: number) => void } = {},
  ): Promise<Dataset> {
    const { transform, batchSize = 32, onProgress } = options;
    const loader = new DataLoader(dataset, { batchSize, transform: transform ?? undefined });
    const wasTraining = this.prefix.training;
    this.prefix.eval();
    let features = new Float32Array(0);
    let shape: readonly [number, number, number] = [0, 0, 0];
    const labels = new Int32Array(dataset.length);
    let done = 0;
    for await (const batch of loader.batches()) {
      const output = noGrad(() => this.prefix.forward(batch.images));
      const [, ...map] = output.shape;
      shape = map as [number, number, number];
      const size = map.reduce((product, n) => product * n, 1);
      if (done === 0) features = new Float32Array(size * dataset.length);
      features.set((await output.data()) as Float32Array, done * size);
      labels.set(batch.targets, done);
      output.dispose();
      done += batch.targets.length;
      onProgress?.(done, dataset.length);
    }
    this.prefix.train(wasTraining);
    return new FeatureDataset(features, shape, labels, dataset.classes);
  }
}
