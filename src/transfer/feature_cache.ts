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
import { Backbone, type MapShape } from "../models/index.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  Dropout,
  evaluating,
  Flatten,
  Module,
  runChain,
  Sequential,
  StochasticDepth,
} from "../nn/index.ts";
import { ModelKeeper } from "../train/index.ts";

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

/** The layers that are still to be run on cached features. Shares its parameters with the model. */
class Remainder extends Module {
  constructor(
    readonly rest: Sequential,
    private readonly model: Backbone,
  ) {
    super();
  }

  override namedChildren(): [string, Module][] {
    const classifier: [string, Module][] = this.model.classifier
      ? [["classifier", this.model.classifier]]
      : [];
    return [["features", this.rest], ...classifier];
  }

  override forward(features: Tensor): Tensor {
    const mapped = runChain(this.rest, features);
    const output = this.model.forwardHead(mapped);
    if (output !== mapped && mapped !== features) mapped.dispose();
    return output;
  }
}

/** Whether a layer's output for the same input differs from step to step. */
function isRandomOrMoving(layer: Module): boolean {
  if (layer instanceof Dropout) return layer.p > 0;
  if (layer instanceof StochasticDepth) return layer.p > 0 && !layer.frozen;
  return (layer instanceof BatchNorm1d || layer instanceof BatchNorm2d) && !layer.frozen;
}

/**
 * Computes the features of a model's frozen prefix once, so that training what follows costs only
 * what follows. The model is one of `models` or an `nn.Sequential`. The prefix ends before the first
 * layer that trains, is random or flattens.
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
  /** Keeps the whole model and not the prefix alone: what is trained next must survive a lost device too. */
  readonly #keeper: ModelKeeper;

  /**
   * @throws TypeError for a model that is neither of these; Error when its first layer trains already: there is nothing
   *   to cache.
   */
  constructor(readonly model: Module) {
    const layers = chainOf(model).namedChildren();
    const isFixed = ([, layer]: [string, Module]) =>
      !(layer instanceof Flatten) && // what is kept are maps
      layer.parameters().every(({ requiresGrad }) => !requiresGrad) &&
      !layer.modules().some(isRandomOrMoving);
    const found = layers.findIndex((entry) => !isFixed(entry));
    const cut = found < 0 ? layers.length : found;
    if (layers.slice(0, cut).every(([, layer]) => layer.parameters().length === 0)) {
      throw new Error(
        'FeatureCache: the first layer trains; freeze some first, as transfer.freeze(model, "features")',
      );
    }
    this.prefix = new Sequential(Object.fromEntries(layers.slice(0, cut)));
    const rest = new Sequential(Object.fromEntries(layers.slice(cut)));
    this.remainder = model instanceof Backbone ? new Remainder(rest, model) : rest;
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
      evaluating(this.prefix, () => noGrad(() => this.prefix.forward(images))),
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

/** The layers that can be cut. */
function chainOf(model: Module): Sequential {
  if (model instanceof Backbone) return model.features;
  if (model instanceof Sequential) return model;
  throw new TypeError(
    "FeatureCache: the model must be one with features and a classifier, as those of models are, or an nn.Sequential",
  );
}

function mapShapeOf(output: Tensor): MapShape {
  const [, channels = 1, height = 1, width = 1] = output.shape;
  return [channels, height, width];
}
