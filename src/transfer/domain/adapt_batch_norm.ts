import { noGrad, type Tensor } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../../data/index.ts";
import { BatchNorm1d, BatchNorm2d, evaluating, type Module } from "../../nn/index.ts";

export interface AdaptBatchNormOptions {
  /** Images whose statistics are taken at once. Default 32. */
  batchSize?: number;
  transform?: DataLoaderOptions["transform"];
}

/**
 * Puts the running statistics of another domain into a model's batch normalisation (AdaBN, Li et al. 2016,
 * https://arxiv.org/abs/1603.04779): each layer's mean and variance are averaged over the dataset, in one pass. Labels
 * aren't looked at and weights aren't changed; frozen layers are adapted too.
 *
 * @returns how many layers were adapted.
 * @throws Error for a model without batch normalisation.
 */
export async function adaptBatchNorm(
  model: Module,
  dataset: Dataset,
  options: AdaptBatchNormOptions = {},
): Promise<number> {
  checkOptions("adaptBatchNorm", options, ["batchSize", "transform"]);
  const layers = model.modules().filter(isBatchNorm);
  if (layers.length === 0) throw new Error("adaptBatchNorm: the model has no batch normalisation");
  const { batchSize = 32, transform } = options;
  const loader = new DataLoader(dataset, { batchSize, transform, minBatch: 2 });
  let seen = 0;
  for await (const [images] of loader) {
    const count = images.shape[0]!;
    seen += count;
    evaluating(model, () => takeStatistics(model, layers, images, count / seen));
  }
  return layers.length;
}

type BatchNorm = BatchNorm1d | BatchNorm2d;

function isBatchNorm(module: Module): module is BatchNorm {
  return module instanceof BatchNorm1d || module instanceof BatchNorm2d;
}

/** Moves the running statistics by a share of the way to the images'. All layers are as before when it returns. */
function takeStatistics(
  model: Module,
  layers: readonly BatchNorm[],
  images: Tensor,
  share: number,
): void {
  const before = layers.map((layer) => ({
    layer,
    momentum: layer.momentum,
    frozen: layer.frozen,
    training: layer.training,
  }));
  try {
    for (const layer of layers) {
      layer.requiresGrad_(true);
      layer.setTraining(true);
      layer.momentum = share;
    }
    noGrad(() => {
      model.forward(images);
    });
  } finally {
    for (const { layer, momentum, frozen, training } of before) {
      layer.momentum = momentum;
      layer.setTraining(training);
      if (frozen) layer.requiresGrad_(false);
    }
  }
}
