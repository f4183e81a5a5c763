import { add, flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  Dropout,
  init,
  Linear,
  Module,
  ReLU6,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { toMultipleOf8 } from "./channels.ts";
import { convNormActivation } from "./conv_norm_activation.ts";
import { convTensors, normTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import { type ModelSpec, type NamedShape, requireRgb, type Trunk } from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

export interface MobileNetV2Options extends ModelOptions {
  /** Width multiplier. Default 1. */
  widthMult?: number;
  dropout?: number;
}

/** Expansion, output channels, blocks and first stride of each stage (table 2 of the paper). */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const convBnRelu = (
  inputs: number,
  outputs: number,
  kernelSize: number,
  stride = 1,
  groups = 1,
): Sequential =>
  convNormActivation(inputs, outputs, {
    kernelSize,
    stride,
    groups,
    activation: () => new ReLU6(),
  });

/** Expands by 1×1, filters each channel by 3×3, projects by 1×1 without activation. */
class InvertedResidual extends Module {
  readonly conv: Sequential;
  readonly #addsInput: boolean;

  constructor(inputs: number, outputs: number, stride: number, expansion: number) {
    super();
    const hidden = inputs * expansion;
    this.#addsInput = stride === 1 && inputs === outputs;
    this.conv = new Sequential(
      ...(expansion === 1 ? [] : [convBnRelu(inputs, hidden, 1)]),
      convBnRelu(hidden, hidden, 3, stride, hidden),
      ...convNormActivation(hidden, outputs, {}),
    );
  }

  override forward(x: Tensor): Tensor {
    const residual = this.conv.forward(x);
    if (!this.#addsInput) return residual;
    const out = add(x, residual);
    residual.dispose();
    return out;
  }
}

/** MobileNet v2 (Sandler et al. 2018, https://arxiv.org/abs/1801.04381) with torchvision's names. */
export class MobileNetV2 extends Backbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #avgpool = new AdaptiveAvgPool2d(1);

  constructor(options: MobileNetV2Options = {}) {
    checkOptions("mobilenetV2", options, [
      "numClasses",
      "includeTop",
      "inputSize",
      "widthMult",
      "dropout",
    ]);
    const {
      numClasses = 1000,
      includeTop = true,
      inputSize = 224,
      widthMult = 1,
      dropout = 0.2,
    } = options;
    const last = toMultipleOf8(1280 * Math.max(1, widthMult));
    const side = Math.ceil(inputSize / 32);
    super([3, inputSize, inputSize], [last, side, side]);
    let channels = toMultipleOf8(32 * widthMult);
    const layers: Module[] = [convBnRelu(3, channels, 3, 2)];
    for (const [expansion, width, count, firstStride] of STAGES) {
      const outputs = toMultipleOf8(width * widthMult);
      for (let i = 0; i < count; i++) {
        layers.push(new InvertedResidual(channels, outputs, i === 0 ? firstStride : 1, expansion));
        channels = outputs;
      }
    }
    layers.push(convBnRelu(channels, last, 1));
    this.features = new Sequential(...layers);
    this.classifier = includeTop
      ? new Sequential(new Dropout(dropout), headOf(last, numClasses))
      : null;
  }

  override newClassifier(numClasses: number): Module {
    return new Sequential(new Dropout(0.2), headOf(this.featureShape[0], numClasses));
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(this.#avgpool.forward(features), 1)) as Tensor;
  }
}

function headOf(inputs: number, numClasses: number): Linear {
  const layer = new Linear(inputs, numClasses);
  init.normal_(layer.weight, 0, 0.01);
  init.zeros_(layer.bias!);
  return layer;
}

/** MobileNet v2 (Sandler et al. 2018, https://arxiv.org/abs/1801.04381). */
export const mobilenetV2 = (options?: MobileNetV2Options): MobileNetV2 => new MobileNetV2(options);

/** The tensors of `features`. */
function trunkOf(widthMult: number): Trunk {
  const tensors: NamedShape[] = [];
  const add = (
    [conv, norm]: readonly [string, string],
    shape: readonly [number, number, number, number],
  ) => {
    tensors.push(...convTensors(conv, shape, { bias: false }), ...normTensors(norm, shape[0]));
  };
  const both = (name: string) => [`${name}.0`, `${name}.1`] as const;
  let channels = toMultipleOf8(32 * widthMult);
  add(both("features.0"), [channels, 3, 3, 3]);
  let at = 1;
  for (const [expansion, width, count] of STAGES) {
    const outputs = toMultipleOf8(width * widthMult);
    for (let i = 0; i < count; i++, at++) {
      const hidden = channels * expansion;
      const conv = `features.${at}.conv`;
      const next = expansion === 1 ? 0 : 1;
      if (next) add(both(`${conv}.0`), [hidden, channels, 1, 1]);
      add(both(`${conv}.${next}`), [hidden, 1, 3, 3]);
      add([`${conv}.${next + 1}`, `${conv}.${next + 2}`], [outputs, hidden, 1, 1]);
      channels = outputs;
    }
  }
  const last = toMultipleOf8(1280 * Math.max(1, widthMult));
  add(both(`features.${at}`), [last, channels, 1, 1]);
  return { tensors, channels: last };
}

export const mobilenetV2Specs = (): readonly ModelSpec[] => [
  {
    name: "mobilenet_v2",
    build: ({ inChannels, alpha, ...options } = {}) => {
      requireRgb(inChannels);
      return mobilenetV2({ ...options, widthMult: alpha });
    },
    input: torchvisionInput(),
    minSize: 32,
    hidden: [],
    trunk: ({ alpha }) => trunkOf(alpha),
    // Channels are rounded, so that a file doesn't tell its multiplier: these are the published ones.
    alphas: () => [1, 0.1, 0.25, 0.35, 0.5, 0.75, 1.3, 1.4],
    weights: [
      torchvisionWeights(
        "mobilenet_v2-b0353104",
        13.555,
        0.71878,
        "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
      ),
    ],
  },
];
