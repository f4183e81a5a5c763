import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  Conv2d,
  Dropout,
  Linear,
  MaxPool2d,
  type Module,
  ReLU,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { convTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import { type ModelSpec, rgbOnly, type Trunk } from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

/** Inputs, outputs, kernel size, stride and padding of a convolution, and whether 3×3 max-pooling of stride 2 follows. */
const CONVOLUTIONS = [
  [3, 64, 11, 4, 2, true],
  [64, 192, 5, 1, 2, true],
  [192, 384, 3, 1, 1, false],
  [384, 256, 3, 1, 1, false],
  [256, 256, 3, 1, 1, true],
] as const;

const CHANNELS = 256;
const HIDDEN = 4096;
const LEAST = 63;

function makeFeatures(): Sequential {
  const layers = CONVOLUTIONS.flatMap(([inputs, outputs, side, stride, padding, pools]) => [
    new Conv2d(inputs, outputs, side, { stride, padding }),
    new ReLU(),
    ...(pools ? [new MaxPool2d(3, { stride: 2 })] : []),
  ]);
  return new Sequential(...layers);
}

function makeClassifier(inFeatures: number, numClasses: number): Sequential {
  return new Sequential(
    new Dropout(),
    new Linear(inFeatures, HIDDEN),
    new ReLU(),
    new Dropout(),
    new Linear(HIDDEN, HIDDEN),
    new ReLU(),
    new Linear(HIDDEN, numClasses),
  );
}

/**
 * AlexNet as torchvision has it, with its names: the one-column version (Krizhevsky 2014,
 * https://arxiv.org/abs/1404.5997), without local response normalisation. Input [N, 3, H, W], output logits
 * [N, numClasses], or the feature map [N, 256, H/32 − 1, W/32 − 1] without the top.
 */
export class AlexNet extends Backbone {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  classifier: Module | null;

  constructor(options: ModelOptions = {}) {
    checkOptions("alexnet", options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = 224 } = options;
    if (inputSize < LEAST) {
      throw new Error(`alexnet: inputSize is ${inputSize}; the least is ${LEAST}`);
    }
    // torchvision pools to 6×6, the map of a 224 input; a smaller input's map stays as it is.
    const side = Math.min(6, Math.floor((inputSize - 31) / 32));
    super([3, inputSize, inputSize], [CHANNELS, side, side]);
    this.features = makeFeatures();
    this.avgpool = new AdaptiveAvgPool2d(side);
    this.classifier = includeTop ? makeClassifier(CHANNELS * side * side, numClasses) : null;
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(this.avgpool.forward(features), 1)) as Tensor;
  }
}

/** AlexNet as torchvision has it (Krizhevsky 2014, https://arxiv.org/abs/1404.5997). */
export const alexnet = (options?: ModelOptions): AlexNet => new AlexNet(options);

/** The tensors of `features`. */
function trunkOf(): Trunk {
  let at = 0;
  const tensors = CONVOLUTIONS.flatMap(([inputs, outputs, side, , , pools]) => {
    const layer = convTensors(`features.${at}`, [outputs, inputs, side, side]);
    at += pools ? 3 : 2;
    return layer;
  });
  return { tensors, channels: CHANNELS };
}

export const alexnetSpecs = (): readonly ModelSpec[] => [
  {
    name: "alexnet",
    build: rgbOnly(alexnet),
    input: torchvisionInput(),
    minSize: LEAST,
    hidden: [HIDDEN, HIDDEN],
    sizeOfMap: (side) => 32 * (side + 1),
    trunk: trunkOf,
    weights: [
      torchvisionWeights(
        "alexnet-owt-7be5be79",
        233.087,
        0.56522,
        "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
      ),
    ],
  },
];
