import { flatten, noGrad, type Tensor, zeros } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Backbone, type MapShape } from "../models/index.ts";
import { AdaptiveAvgPool2d, evaluating, type Module, Sequential } from "../nn/index.ts";

export interface CutOptions {
  /** Side of the map that average pooling leaves for the head. Default 1: global average pooling. */
  pool?: number;
}

/** The first layers of a model, under the names they had, and a head of their own. */
class Cut extends Backbone {
  classifier: Module | null = null;
  /** What it was cut from, which knows what its layers give. */
  readonly #whole: Backbone;

  constructor(
    inputShape: MapShape,
    featureShape: MapShape,
    readonly features: Sequential,
    readonly avgpool: AdaptiveAvgPool2d,
    whole: Backbone,
  ) {
    super(inputShape, featureShape);
    this.#whole = whole;
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    const pooled = this.avgpool.forward(mapIn(this.#whole, features));
    return classifier.forward(flatten(pooled, 1)) as Tensor;
  }
}

/**
 * A model that ends earlier: the layers of `features` up to and with `last`, shared with `model`, then average
 * pooling and no head yet (`replaceHead` gives it one). The later a layer, the more it is the
 * source task's own; for a target that is far from it, features from halfway carry over better
 * (Yosinski et al. 2014, https://arxiv.org/abs/1411.1792).
 *
 * @param last path of a layer, as "features.16".
 * @throws Error when the model has no chain `features`, or it no such layer.
 * @example
 * const model = transfer.cut(pretrained, "features.16", { pool: 2 });
 * transfer.replaceHead(model, 4);
 * transfer.freeze(model, "features");
 */
export function cut(model: Module, last: string, options: CutOptions = {}): Backbone {
  checkOptions("cut", options, ["pool"]);
  const { pool = 1 } = options;
  if (!Number.isInteger(pool) || pool < 1)
    throw new Error(`cut: pool must be a whole number of at least 1, not ${pool}`);
  if (!(model instanceof Backbone))
    throw new Error("cut: the model has no chain of layers `features` to cut");
  const layers = model.features.namedChildren();
  const end = layers.findIndex(([name]) => `features.${name}` === last);
  if (end < 0) {
    const [first, final] = [layers[0]?.[0], layers.at(-1)?.[0]];
    throw new Error(
      `cut: there is no layer "${last}"; give one from features.${first} to features.${final}`,
    );
  }
  const features = new Sequential(Object.fromEntries(layers.slice(0, end + 1)));
  const [channels, height, width] = mapShape(features, model);
  if (pool > Math.min(height, width))
    throw new Error(`cut: pool is ${pool}, but the map after ${last} is ${height}×${width}`);
  const avgpool = new AdaptiveAvgPool2d(pool);
  return new Cut(model.inputShape, [channels, pool, pool], features, avgpool, model);
}

/** What a layer of `model` gave, as a map. */
const mapIn = (model: Backbone, features: Tensor): Tensor => model.asMap?.(features) ?? features;

function mapShape(features: Sequential, model: Backbone): readonly [number, number, number] {
  return evaluating(features, () => {
    const map = noGrad(() => mapIn(model, features.forward(zeros([1, ...model.inputShape]))));
    const [, channels = 1, height = 1, width = 1] = map.shape;
    map.dispose();
    return [channels, height, width] as const;
  });
}
