import { concat, flatten, relu, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  init,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  runChain,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { convTensors, normTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import { type ModelSpec, type NamedShape, rgbOnly, type Trunk } from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

const STEM = 64;
/** Channels that each layer adds. */
const GROWTH = 32;
/** Channels between the two convolutions of a layer. */
const BOTTLENECK = 4 * GROWTH;
/** Layers of each block of DenseNet-121 (table 1 of the paper). */
const BLOCKS = [6, 12, 24, 16] as const;

function conv(inputs: number, outputs: number, kernelSize: number, stride = 1): Conv2d {
  const padding = (kernelSize - 1) / 2;
  const layer = new Conv2d(inputs, outputs, kernelSize, { stride, padding, bias: false });
  init.kaimingNormal_(layer.weight);
  return layer;
}

/** Normalises before it convolves: 1×1 down to four times the growth, 3×3 to the channels that it adds. */
class DenseLayer extends Module {
  readonly norm1: BatchNorm2d;
  readonly conv1: Conv2d;
  readonly norm2 = new BatchNorm2d(BOTTLENECK);
  readonly conv2 = conv(BOTTLENECK, GROWTH, 3);
  readonly relu = new ReLU();

  constructor(inputs: number) {
    super();
    this.norm1 = new BatchNorm2d(inputs);
    this.conv1 = conv(inputs, BOTTLENECK, 1);
  }

  override forward(x: Tensor): Tensor {
    const { norm1, relu, conv1, norm2, conv2 } = this;
    return runChain([norm1, relu, conv1, norm2, relu, conv2], x);
  }
}

/** Layers that each see what all before them gave; its output has the channels of all. */
class DenseBlock extends Module {
  readonly #layers: ReadonlyMap<string, Module>;

  constructor(inputs: number, count: number) {
    super();
    this.#layers = new Map(
      Array.from({ length: count }, (_, i) => [
        `denselayer${i + 1}`,
        new DenseLayer(inputs + i * GROWTH),
      ]),
    );
  }

  override namedChildren(): [string, Module][] {
    return [...this.#layers];
  }

  override forward(x: Tensor): Tensor {
    let all = x;
    for (const layer of this.#layers.values()) {
      const added = layer.forward(all) as Tensor;
      const joined = concat([all, added], 1);
      for (const used of all === x ? [added] : [added, all]) used.dispose();
      all = joined;
    }
    return all;
  }
}

function makeFeatures(): Sequential {
  let channels = STEM;
  const layers: Record<string, Module> = {
    conv0: conv(3, channels, 7, 2),
    norm0: new BatchNorm2d(channels),
    relu0: new ReLU(),
    pool0: new MaxPool2d(3, { stride: 2, padding: 1 }),
  };
  BLOCKS.forEach((count, i) => {
    layers[`denseblock${i + 1}`] = new DenseBlock(channels, count);
    channels += count * GROWTH;
    if (i === BLOCKS.length - 1) return;
    layers[`transition${i + 1}`] = new Sequential({
      norm: new BatchNorm2d(channels),
      relu: new ReLU(),
      conv: conv(channels, channels / 2, 1),
      pool: new AvgPool2d(2),
    });
    channels /= 2;
  });
  layers.norm5 = new BatchNorm2d(channels);
  return new Sequential(layers);
}

/** Channels of the feature map. */
const CHANNELS = 1024;

/** DenseNet-121 (Huang et al. 2016, https://arxiv.org/abs/1608.06993) with torchvision's names. */
export class DenseNet extends Backbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #avgpool = new AdaptiveAvgPool2d(1);

  constructor(options: ModelOptions = {}) {
    checkOptions("densenet121", options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = 224 } = options;
    const side = Math.floor(inputSize / 32);
    super([3, inputSize, inputSize], [CHANNELS, side, side]);
    this.features = makeFeatures();
    this.classifier = includeTop ? this.newClassifier(numClasses) : null;
  }

  override newClassifier(numClasses: number): Module {
    const layer = new Linear(CHANNELS, numClasses);
    init.zeros_(layer.bias!);
    return layer;
  }

  /** The last normalisation belongs to the features, its ReLU doesn't. */
  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(this.#avgpool.forward(relu(features)), 1)) as Tensor;
  }
}

/** DenseNet-121 as torchvision has it (Huang et al. 2017, https://arxiv.org/abs/1608.06993). */
export const densenet121 = (options?: ModelOptions): DenseNet => new DenseNet(options);

/** The tensors of a layer of a block. */
function layerTensors(name: string, inputs: number): NamedShape[] {
  return [
    ...normTensors(`${name}.norm1`, inputs),
    ...convTensors(`${name}.conv1`, [BOTTLENECK, inputs, 1, 1], { bias: false }),
    ...normTensors(`${name}.norm2`, BOTTLENECK),
    ...convTensors(`${name}.conv2`, [GROWTH, BOTTLENECK, 3, 3], { bias: false }),
  ];
}

/** The tensors of `features`. */
function trunkOf(): Trunk {
  let channels = STEM;
  const tensors: NamedShape[] = [
    ...convTensors("features.conv0", [channels, 3, 7, 7], { bias: false }),
    ...normTensors("features.norm0", channels),
  ];
  BLOCKS.forEach((count, i) => {
    for (let n = 0; n < count; n++, channels += GROWTH) {
      tensors.push(...layerTensors(`features.denseblock${i + 1}.denselayer${n + 1}`, channels));
    }
    if (i === BLOCKS.length - 1) return;
    const transition = `features.transition${i + 1}`;
    tensors.push(...normTensors(`${transition}.norm`, channels));
    channels /= 2;
    tensors.push(
      ...convTensors(`${transition}.conv`, [channels, 2 * channels, 1, 1], { bias: false }),
    );
  });
  tensors.push(...normTensors("features.norm5", channels));
  return { tensors, channels };
}

export const densenetSpecs = (): readonly ModelSpec[] => [
  {
    name: "densenet121",
    build: rgbOnly(densenet121),
    input: torchvisionInput(),
    minSize: 32,
    hidden: [],
    trunk: trunkOf,
    weights: [
      torchvisionWeights(
        "densenet121-a639ec97",
        30.845,
        0.74434,
        "a639ec97d7c33b07ae66f0b5fb7d0192f95a3b11b7576c66c0126c2a727c4395",
      ),
    ],
  },
];
