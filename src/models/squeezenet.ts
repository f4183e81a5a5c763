import { checkOptions, concat, flatten, type Tensor } from "../autograd/index.ts";
import {
  AdaptiveAvgPool2d,
  Conv2d,
  Dropout,
  init,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import type { ModelOptions } from "./options.ts";

/** Squeezes channels by 1×1, then expands by 1×1 and 3×3 side by side. */
class Fire extends Module {
  readonly squeeze: Conv2d;
  readonly expand1x1: Conv2d;
  readonly expand3x3: Conv2d;

  constructor(inputs: number, squeezed: number, expanded: number) {
    super();
    this.squeeze = new Conv2d(inputs, squeezed, 1);
    this.expand1x1 = new Conv2d(squeezed, expanded, 1);
    this.expand3x3 = new Conv2d(squeezed, expanded, 3, { padding: 1 });
    for (const { weight, bias } of [this.squeeze, this.expand1x1, this.expand3x3]) {
      init.kaimingUniform_(weight);
      init.zeros_(bias!);
    }
  }

  override forward(x: Tensor): Tensor {
    const squeezed = this.squeeze.forwardRelu(x);
    const sides = [this.expand1x1.forwardRelu(squeezed), this.expand3x3.forwardRelu(squeezed)];
    const out = concat(sides, 1);
    for (const used of [squeezed, ...sides]) used.dispose();
    return out;
  }
}

const pool = () => new MaxPool2d(3, { stride: 2, ceilMode: true });
const fire = (inputs: number, squeezed: number, expanded: number) =>
  new Fire(inputs, squeezed, expanded);

const FEATURES = {
  squeezenet1_0: () => [
    new Conv2d(3, 96, 7, { stride: 2 }),
    new ReLU(),
    pool(),
    fire(96, 16, 64),
    fire(128, 16, 64),
    fire(128, 32, 128),
    pool(),
    fire(256, 32, 128),
    fire(256, 48, 192),
    fire(384, 48, 192),
    fire(384, 64, 256),
    pool(),
    fire(512, 64, 256),
  ],
  squeezenet1_1: () => [
    new Conv2d(3, 64, 3, { stride: 2 }),
    new ReLU(),
    pool(),
    fire(64, 16, 64),
    fire(128, 16, 64),
    pool(),
    fire(128, 32, 128),
    fire(256, 32, 128),
    pool(),
    fire(256, 48, 192),
    fire(384, 48, 192),
    fire(384, 64, 256),
    fire(512, 64, 256),
  ],
};

/** SqueezeNet (Iandola et al. 2016, https://arxiv.org/abs/1602.07360) with torchvision's names. */
export class SqueezeNet extends Backbone {
  readonly features: Sequential;
  classifier: Module | null;

  constructor(version: keyof typeof FEATURES, options: ModelOptions = {}) {
    checkOptions(version, options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = 224 } = options;
    const side = Math.max(1, Math.round(inputSize / 17));
    super([3, inputSize, inputSize], [512, side, side]);
    this.features = new Sequential(...FEATURES[version]());
    this.classifier = includeTop ? this.newClassifier(numClasses) : null;
  }

  override newClassifier(numClasses: number): Module {
    const last = new Conv2d(512, numClasses, 1);
    init.normal_(last.weight, 0, 0.01);
    init.zeros_(last.bias!);
    return new Sequential(new Dropout(0.5), last, new ReLU(), new AdaptiveAvgPool2d(1));
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return flatten(classifier.forward(features) as Tensor, 1);
  }
}

export const squeezenet1_0 = (options?: ModelOptions): SqueezeNet =>
  new SqueezeNet("squeezenet1_0", options);
export const squeezenet1_1 = (options?: ModelOptions): SqueezeNet =>
  new SqueezeNet("squeezenet1_1", options);
