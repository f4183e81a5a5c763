import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Conv2d, Linear, MaxPool2d, type Module, ReLU, Sequential } from "../nn/index.ts";
import { Backbone, type MapShape } from "./backbone.ts";
import { CONVENTIONS, type InputConvention } from "./conventions.ts";
import { type ModelSpec, withoutAlpha } from "./spec.ts";

export interface SmallCnnOptions {
  numClasses?: number;
  includeTop?: boolean;
  /** Side of the square input. Default 28. */
  inputSize?: number;
  inChannels?: number;
}

const KNOWN = ["numClasses", "includeTop", "inputSize", "inChannels"];

/** A feature extractor followed by a flattening classifier, as small networks have it. */
export class SmallCnn extends Backbone {
  constructor(
    inputShape: MapShape,
    featureShape: MapShape,
    readonly features: Sequential,
    public classifier: Module | null,
  ) {
    super(inputShape, featureShape);
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(features, 1)) as Tensor;
  }
}

/**
 * LeNet-5 (LeCun et al. 1998) with ReLU and max-pooling. Input [N, inChannels, 28, 28] by default.
 */
export function lenet(options: SmallCnnOptions = {}): SmallCnn {
  checkOptions("lenet", options, KNOWN);
  const { numClasses = 10, includeTop = true, inputSize = 28, inChannels = 1 } = options;
  const side = Math.floor((Math.floor(inputSize / 2) - 4) / 2);
  if (side < 1) throw new Error(`lenet: inputSize is ${inputSize}; the least is 12`);
  const inputShape: MapShape = [inChannels, inputSize, inputSize];
  const features = new Sequential(
    new Conv2d(inChannels, 6, 5, { padding: 2 }),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(6, 16, 5),
    new ReLU(),
    new MaxPool2d(2),
  );
  const classifier = new Sequential(
    new Linear(16 * side * side, 120),
    new ReLU(),
    new Linear(120, 84),
    new ReLU(),
    new Linear(84, numClasses),
  );
  return new SmallCnn(inputShape, [16, side, side], features, includeTop ? classifier : null);
}

/** Convolution 32 3×3, pooling, dense 64, dense numClasses: the smallest network worth transferring. */
export function simpleCnn(options: SmallCnnOptions = {}): SmallCnn {
  checkOptions("simpleCnn", options, KNOWN);
  const { numClasses = 10, includeTop = true, inputSize = 28, inChannels = 1 } = options;
  const side = Math.floor((inputSize - 2) / 2);
  if (side < 1) throw new Error(`simpleCnn: inputSize is ${inputSize}; the least is 4`);
  const inputShape: MapShape = [inChannels, inputSize, inputSize];
  const features = new Sequential(new Conv2d(inChannels, 32, 3), new ReLU(), new MaxPool2d(2));
  const classifier = new Sequential(
    new Linear(32 * side * side, 64),
    new ReLU(),
    new Linear(64, numClasses),
  );
  return new SmallCnn(inputShape, [32, side, side], features, includeTop ? classifier : null);
}

/** Small images of any number of channels, stretched to the size and scaled to 0..1. */
export const smallInput = (size: number): InputConvention => ({
  ...CONVENTIONS.unit,
  size,
  channels: null,
  resize: "stretch",
  antialias: true,
});

/** Neither is known from tensors: networks of these shapes with tanh or other poolings are about as common. */
export const lenetSpecs = (): readonly ModelSpec[] => [
  {
    name: "lenet",
    build: withoutAlpha(lenet),
    input: smallInput(28),
    minSize: 12,
    hidden: [120, 84],
    sizeOfMap: (side) => 4 * side + 8,
  },
  {
    name: "simple_cnn",
    build: withoutAlpha(simpleCnn),
    input: smallInput(28),
    minSize: 4,
    hidden: [64],
    sizeOfMap: (side) => 2 * side + 2,
  },
];
