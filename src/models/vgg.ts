import { checkOptions, flatten, type Tensor } from "../autograd/index.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  init,
  Linear,
  MaxPool2d,
  type Module,
  ReLU,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import type { ModelOptions } from "./options.ts";

/** Output channels of the 3×3 convolutions, "M" for 2×2 max-pooling: tables A, B, D, E of the paper. */
const CONFIGURATIONS = {
  vgg11: [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
  vgg13: [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
  vgg16: [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
  vgg19: [
    64,
    64,
    "M",
    128,
    128,
    "M",
    256,
    256,
    256,
    256,
    "M",
    512,
    512,
    512,
    512,
    "M",
    512,
    512,
    512,
    512,
    "M",
  ],
} as const;

type Configuration = keyof typeof CONFIGURATIONS;

/** The layer after a convolution of so many channels. */
type MakeNorm = (channels: number) => Module;

function makeLayers(configuration: Configuration, norm: MakeNorm | null): Sequential {
  const layers: Module[] = [];
  let channels = 3;
  for (const entry of CONFIGURATIONS[configuration]) {
    if (entry === "M") {
      layers.push(new MaxPool2d(2));
      continue;
    }
    const conv = new Conv2d(channels, entry, 3, { padding: 1 });
    init.kaimingNormal_(conv.weight, { mode: "fanOut" });
    init.zeros_(conv.bias!);
    layers.push(conv, ...(norm ? [norm(entry)] : []), new ReLU());
    channels = entry;
  }
  return new Sequential(...layers);
}

function makeClassifier(inFeatures: number, numClasses: number): Sequential {
  const linear = (inputs: number, outputs: number) => {
    const layer = new Linear(inputs, outputs);
    init.normal_(layer.weight, 0, 0.01);
    init.zeros_(layer.bias!);
    return layer;
  };
  return new Sequential(
    linear(inFeatures, 4096),
    new ReLU(),
    new Dropout(),
    linear(4096, 4096),
    new ReLU(),
    new Dropout(),
    linear(4096, numClasses),
  );
}

/**
 * VGG (Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556) with torchvision's names and
 * initialisation. Input [N, 3, H, W], output logits [N, numClasses], or the feature map
 * [N, 512, H/32, W/32] without the top.
 */
export class VGG extends Backbone {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  classifier: Module | null;

  constructor(configuration: Configuration, norm: MakeNorm | null, options: ModelOptions = {}) {
    checkOptions(configuration, options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = 224 } = options;
    if (inputSize < 32)
      throw new Error(`${configuration}: inputSize is ${inputSize}; the least is 32`);
    // torchvision pools to 7×7, the map of a 224 input; a smaller input's map stays as it is.
    const side = Math.min(7, Math.floor(inputSize / 32));
    super([3, inputSize, inputSize], [512, side, side]);
    this.features = makeLayers(configuration, norm);
    this.avgpool = new AdaptiveAvgPool2d(side);
    this.classifier = includeTop ? makeClassifier(512 * side * side, numClasses) : null;
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    const [, height, width] = this.featureShape;
    const fits = features.shape[2] === height && features.shape[3] === width;
    const pooled = fits ? features : this.avgpool.forward(features);
    return classifier.forward(flatten(pooled, 1)) as Tensor;
  }
}

/** The normalisation is passed, so that a page with a plain VGG doesn't download it. */
const builder =
  /* @__NO_SIDE_EFFECTS__ */
  (configuration: Configuration, norm: MakeNorm | null) => (options?: ModelOptions) =>
    new VGG(configuration, norm, options);

const batchNorm: MakeNorm = (channels) => new BatchNorm2d(channels);

export const vgg11 = builder("vgg11", null);
export const vgg13 = builder("vgg13", null);
export const vgg16 = builder("vgg16", null);
export const vgg19 = builder("vgg19", null);
export const vgg11Bn = builder("vgg11", batchNorm);
export const vgg13Bn = builder("vgg13", batchNorm);
export const vgg16Bn = builder("vgg16", batchNorm);
export const vgg19Bn = builder("vgg19", batchNorm);
