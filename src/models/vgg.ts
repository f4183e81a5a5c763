import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
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
import { CONVENTIONS, type InputConvention } from "./conventions.ts";
import { convTensors, normTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import {
  type ModelSpec,
  type NamedShape,
  type PublishedWeights,
  rgbOnly,
  type Trunk,
} from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

/** Output channels of the 3×3 convolutions, "M" for 2×2 max-pooling: tables A, B, D, E of the paper. */
export const VGG_CONFIGURATIONS = {
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

type Configuration = keyof typeof VGG_CONFIGURATIONS;

/** The layer after a convolution of this many channels. */
type MakeNorm = (channels: number) => Module;

function makeLayers(configuration: Configuration, norm: MakeNorm | null): Sequential {
  const layers: Module[] = [];
  let channels = 3;
  for (const entry of VGG_CONFIGURATIONS[configuration]) {
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

/** VGG-11 as torchvision has it (Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556). */
export const vgg11 = builder("vgg11", null);
/** VGG-13 as torchvision has it (Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556). */
export const vgg13 = builder("vgg13", null);
/** VGG-16 as torchvision has it (Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556). */
export const vgg16 = builder("vgg16", null);
/** VGG-19 as torchvision has it (Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556). */
export const vgg19 = builder("vgg19", null);
/** VGG-11 with batch norm after each convolution. */
export const vgg11Bn = builder("vgg11", batchNorm);
/** VGG-13 with batch norm after each convolution. */
export const vgg13Bn = builder("vgg13", batchNorm);
/** VGG-16 with batch norm after each convolution. */
export const vgg16Bn = builder("vgg16", batchNorm);
/** VGG-19 with batch norm after each convolution. */
export const vgg19Bn = builder("vgg19", batchNorm);

/** The tensors of `features`. */
function trunkOf(configuration: Configuration, withNorm: boolean): Trunk {
  const tensors: NamedShape[] = [];
  let channels = 3;
  let at = 0;
  for (const entry of VGG_CONFIGURATIONS[configuration]) {
    if (entry === "M") {
      at += 1;
      continue;
    }
    tensors.push(...convTensors(`features.${at}`, [entry, channels, 3, 3]));
    if (withNorm) tensors.push(...normTensors(`features.${at + 1}`, entry));
    at += withNorm ? 3 : 2;
    channels = entry;
  }
  return { tensors, channels };
}

/** Keras' VGGs, from Oxford's Caffe models: BGR, 0..255 minus the mean. */
const kerasInput = (): InputConvention => ({
  ...CONVENTIONS.caffe,
  size: 224,
  channels: 3,
  resize: "stretch",
  antialias: true,
});

/** @param md5 as keras.applications gives it. */
function kerasFeatures(name: string, size: number, md5: string): PublishedWeights {
  return {
    name: `${name}_keras`,
    url:
      `https://storage.googleapis.com/tensorflow/keras-applications/${name}/` +
      `${name}_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    shards: false,
    size,
    sizeTolerance: 0,
    md5,
    licence: "CC-BY-4.0 (Oxford VGG)",
    source: "https://keras.io/api/applications/vgg/",
    trainedOn: "ImageNet-1k",
    numClasses: 0,
    input: kerasInput(),
  };
}

type Row = readonly [build: (options?: ModelOptions) => VGG, ...weights: PublishedWeights[]];

/** Any network of 3×3 convolutions in this order is a VGG, whatever its layers are called. */
function specOf(configuration: Configuration, withNorm: boolean, [build, ...weights]: Row) {
  return {
    name: withNorm ? `${configuration}_bn` : configuration,
    build: rgbOnly(build),
    input: torchvisionInput(),
    minSize: 32,
    hidden: [4096, 4096],
    sizeOfMap: (side) => 32 * side,
    trunk: () => trunkOf(configuration, withNorm),
    anyNames: true,
    weights,
  } satisfies ModelSpec;
}

export const vggSpecs = (): readonly ModelSpec[] => [
  specOf("vgg11", false, [vgg11, torchvisionWeights("vgg11-8a719046", 506.84, 0.6902)]),
  specOf("vgg13", false, [vgg13, torchvisionWeights("vgg13-19584684", 507.545, 0.69928)]),
  specOf("vgg16", false, [
    vgg16,
    torchvisionWeights(
      "vgg16-397923af",
      527.796,
      0.71592,
      "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    ),
    kerasFeatures("vgg16", 58_889_256, "6d6bbae143d832006294945121d1f1fc"),
  ]),
  specOf("vgg19", false, [
    vgg19,
    torchvisionWeights(
      "vgg19-dcbb9e9d",
      548.051,
      0.72376,
      "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
    ),
    kerasFeatures("vgg19", 80_134_624, "253f8cb515780f3b799900260a226db6"),
  ]),
  specOf("vgg11", true, [vgg11Bn, torchvisionWeights("vgg11_bn-6002323d", 506.881, 0.7037)]),
  specOf("vgg13", true, [vgg13Bn, torchvisionWeights("vgg13_bn-abd245e5", 507.59, 0.71586)]),
  specOf("vgg16", true, [
    vgg16Bn,
    torchvisionWeights(
      "vgg16_bn-6c64b313",
      527.866,
      0.7336,
      "6c64b3138f2f4fcb3bcc4cafde11619c4f440eb1631787e93a682fd88305888a",
    ),
  ]),
  specOf("vgg19", true, [
    vgg19Bn,
    torchvisionWeights(
      "vgg19_bn-c79401a0",
      548.143,
      0.74218,
      "c79401a0cf3cb42714e4182f5868c7a6f4f4534f5df9e956e2bb2098de41cbb6",
    ),
  ]),
];
