import type { Tensor } from "../autograd/index.ts";
import { Linear, Module, Sequential } from "../nn/index.ts";

/** [channels, height, width] */
export type MapShape = readonly [number, number, number];

/**
 * A model made of `features`, a chain of layers, and a `classifier` that can be replaced. Without a
 * classifier its output is the feature map.
 */
export abstract class Backbone extends Module {
  abstract readonly features: Sequential;
  abstract classifier: Module | null;

  constructor(
    /** Shape of one input image that the classifier is sized for. */
    readonly inputShape: MapShape,
    /** Shape of its feature map. */
    readonly featureShape: MapShape,
  ) {
    super();
  }

  /** What comes after `features` when there is a classifier. */
  abstract classify(classifier: Module, features: Tensor): Tensor;

  /** What a layer of `features` gives as a map [N, C, h, w], where it isn't one: tokens, say. */
  asMap?(features: Tensor): Tensor;

  /** From the feature map to the output. */
  forwardHead(features: Tensor): Tensor {
    return this.classifier ? this.classify(this.classifier, features) : features;
  }

  override forward(input: Tensor): Tensor {
    const features = this.features.forward(input);
    const output = this.forwardHead(features);
    if (output !== features && features !== input) features.dispose();
    return output;
  }

  /** A classifier for a model built without its top: one linear layer on the flattened map. */
  newClassifier(numClasses: number): Module {
    const [channels, height, width] = this.featureShape;
    return new Sequential(new Linear(channels * height * width, numClasses));
  }
}
