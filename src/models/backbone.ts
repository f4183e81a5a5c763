import { Module as Base, Linear, type Module, Sequential } from "../nn/index.ts";

/** A model made of a feature extractor and a classifier that can be replaced. */
export abstract class Backbone extends Base {
  abstract classifier: Module | null;

  constructor(
    /** [C, h, w] of the feature map at the input size the model was built for. */
    readonly featureShape: readonly [number, number, number],
  ) {
    super();
  }

  /** A classifier for a model built without its top: one linear layer on the flattened map. */
  newClassifier(numClasses: number): Module {
    const [channels, height, width] = this.featureShape;
    return new Sequential(new Linear(channels * height * width, numClasses));
  }
}
