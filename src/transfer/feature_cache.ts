import { noGrad, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  DataLoader,
  type DataLoaderOptions,
  type Dataset,
  type Example,
  type Label,
} from "../data/index.ts";
import { Backbone, type MapShape } from "../models/index.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  Dropout,
  Flatten,
  inEvalMode,
  Module,
  runChain,
  Sequential,
} from "../nn/index.ts";

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

  /** @throws Error when the first layer trains already: there is nothing to cache. */
  constructor(readonly model: Backbone | Sequential) {
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
    const labels: Label[] = [];
    let features = new Float32Array(0);
    let shape: MapShape = [0, 0, 0];
    let done = 0;
    await inEvalMode(this.prefix, async () => {
      for await (const { images, targets, indices } of loader.batches()) {
        const output = noGrad(() => this.prefix.forward(images));
        shape = mapShapeOf(output);
        const values = (await output.data()) as Float32Array;
        output.dispose();
        const size = values.length / indices.length;
        if (done === 0) features = new Float32Array(size * dataset.length);
        features.set(values, done * size);
        for (const i of indices.keys()) labels.push(labelAt(targets, i, indices.length));
        done += indices.length;
        onProgress?.(done, dataset.length);
      }
    });
    return new FeatureDataset(features, shape, labels, dataset.classes);
  }
}

function labelAt(targets: Int32Array | Float32Array, i: number, count: number): Label {
  if (targets instanceof Int32Array) return targets[i]!;
  const width = targets.length / count;
  return targets.slice(i * width, (i + 1) * width);
}

/** The layers that can be cut. */
function chainOf(model: Backbone | Sequential): Sequential {
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
