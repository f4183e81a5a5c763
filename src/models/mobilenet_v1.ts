import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  init,
  Linear,
  type Module,
  ReLU6,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { CONVENTIONS, type InputConvention } from "./conventions.ts";
import { imagenetClasses } from "./imagenet.ts";
import { convTensors, normTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import {
  type ModelSpec,
  type NamedShape,
  type PublishedWeights,
  requireRgb,
  type Trunk,
} from "./spec.ts";

export interface MobileNetV1Options extends ModelOptions {
  /** Width multiplier: 0.25, 0.5, 0.75, 1 in the paper; any positive number works. */
  alpha?: number;
  dropout?: number;
}

/** Output channels and stride of the 13 depthwise-separable blocks (table 1 of the paper). */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/**
 * Keras' eps, which the published weights were trained with, but PyTorch's momentum: Keras' 0.01 leaves the running
 * statistics behind when a few hundred steps fine-tune the network (five flowers: 37 % instead of 60).
 */
const BATCH_NORM = { eps: 1e-3 };

function makeFeatures(alpha: number): Sequential {
  const layers: Record<string, Module> = {};
  const add = (name: string, conv: Conv2d) => {
    init.kaimingNormal_(conv.weight, { mode: "fanOut" });
    layers[name] = conv;
    layers[`${name}_bn`] = new BatchNorm2d(conv.outChannels, BATCH_NORM);
    layers[`${name}_relu`] = new ReLU6();
  };
  let channels = Math.floor(32 * alpha);
  add("conv1", new Conv2d(3, channels, 3, { stride: 2, padding: "same", bias: false }));
  BLOCKS.forEach(([width, stride], i) => {
    const out = Math.floor(width * alpha);
    const depthwise = { stride, padding: "same", groups: channels, bias: false } as const;
    add(`conv_dw_${i + 1}`, new Conv2d(channels, channels, 3, depthwise));
    add(`conv_pw_${i + 1}`, new Conv2d(channels, out, 1, { bias: false }));
    channels = out;
  });
  return new Sequential(layers);
}

/**
 * MobileNet v1 (Howard et al. 2017, https://arxiv.org/abs/1704.04861) with Keras' layer names,
 * under `features`, so that Keras and TF.js files match. Input [N, 3, H, W] in −1..1.
 */
export class MobileNetV1 extends Backbone {
  readonly features: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(1);
  classifier: Module | null;

  constructor(options: MobileNetV1Options = {}) {
    checkOptions("mobilenetV1", options, [
      "numClasses",
      "includeTop",
      "inputSize",
      "alpha",
      "dropout",
    ]);
    const {
      numClasses = 1000,
      includeTop = true,
      inputSize = 224,
      alpha = 1,
      dropout = 1e-3,
    } = options;
    if (!(alpha > 0 && 32 * alpha >= 1))
      throw new Error(`mobilenetV1: alpha is ${alpha}; it must be at least 1/32`);
    const channels = Math.floor(1024 * alpha);
    super([3, inputSize, inputSize], [channels, 1, 1]);
    this.features = makeFeatures(alpha);
    this.classifier = includeTop
      ? new Sequential({
          dropout: new Dropout(dropout),
          conv_preds: new Conv2d(channels, numClasses, 1),
          flatten: new Flatten(),
        })
      : null;
  }

  override newClassifier(numClasses: number): Module {
    return new Sequential({
      flatten: new Flatten(),
      head: new Linear(this.featureShape[0], numClasses),
    });
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return flatten(classifier.forward(this.avgpool.forward(features)) as Tensor, 1);
  }
}

/** MobileNet v1 as Keras has it (Howard et al. 2017, https://arxiv.org/abs/1704.04861). */
export const mobilenetV1 = (options?: MobileNetV1Options): MobileNetV1 => new MobileNetV1(options);

/** Keras' names, which come after "features." here and after nothing in Keras' own files. */
function trunkOf(alpha: number): Trunk {
  const tensors: NamedShape[] = [];
  const add = (name: string, shape: readonly [number, number, number, number]) => {
    tensors.push(...convTensors(name, shape, { bias: false }));
    tensors.push(...normTensors(`${name}_bn`, shape[0]));
  };
  let channels = Math.floor(32 * alpha);
  add("conv1", [channels, 3, 3, 3]);
  BLOCKS.forEach(([width], i) => {
    const out = Math.floor(width * alpha);
    add(`conv_dw_${i + 1}`, [channels, 1, 3, 3]);
    add(`conv_pw_${i + 1}`, [out, channels, 1, 1]);
    channels = out;
  });
  return { tensors, channels };
}

/** TensorFlow's MobileNets: RGB in −1..1, trained on pictures resized without averaging. */
const tensorflowInput = (): InputConvention => ({
  ...CONVENTIONS.signed,
  size: 224,
  channels: 3,
  resize: "crop",
  antialias: false,
});

/**
 * TensorFlow.js layers models. Nobody publishes hashes of them: what comes first is trusted.
 *
 * @param called what the address calls the width multiplier.
 * @param numbers in the file, as Keras counts them.
 */
function tfjsWeights(alpha: number, called: string, numbers: number): PublishedWeights {
  return {
    name: `mobilenet_v1_${called}`,
    alpha,
    url: `https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_${called}_224/model.json`,
    shards: true,
    size: 4 * numbers,
    sizeTolerance: 200_000, // model.json is not counted
    licence: "Apache-2.0 (Google)",
    source: "https://github.com/tensorflow/tfjs-models/tree/master/mobilenet",
    trainedOn: "ImageNet-1k",
    numClasses: 1000,
    classList: imagenetClasses(),
  };
}

export const mobilenetV1Specs = (): readonly ModelSpec[] => [
  {
    name: "mobilenet_v1",
    build: ({ inChannels, ...options } = {}) => {
      requireRgb(inChannels);
      return mobilenetV1(options);
    },
    input: tensorflowInput(),
    minSize: 32,
    hidden: [],
    trunk: ({ alpha }) => trunkOf(alpha),
    alphas: (shapeOf) => {
      const [channels = 0] = shapeOf("conv_pw_13.weight") ?? [];
      return channels > 0 ? [channels / 1024] : [];
    },
    weights: [
      tfjsWeights(0.25, "0.25", 475_544),
      tfjsWeights(0.5, "0.50", 1_342_536),
      tfjsWeights(0.75, "0.75", 2_601_976),
      tfjsWeights(1, "1.0", 4_253_864),
    ],
  },
];
