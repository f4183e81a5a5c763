import { add, checkOptions, flatten, type Tensor } from "../autograd/index.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  init,
  Linear,
  Module,
  ReLU6,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import type { ModelOptions } from "./options.ts";

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

/** The nearest multiple of 8, but not below 90 % of the value. */
function toMultipleOf8(value: number): number {
  const rounded = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return rounded < 0.9 * value ? rounded + 8 : rounded;
}

function convolution(
  inputs: number,
  outputs: number,
  kernelSize: number,
  stride = 1,
  groups = 1,
): Conv2d {
  const padding = (kernelSize - 1) / 2;
  const layer = new Conv2d(inputs, outputs, kernelSize, { stride, padding, groups, bias: false });
  init.kaimingNormal_(layer.weight, { mode: "fanOut" });
  return layer;
}

const convBnRelu = (...args: Parameters<typeof convolution>): Sequential =>
  new Sequential(convolution(...args), new BatchNorm2d(args[1]), new ReLU6());

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
      convolution(hidden, outputs, 1),
      new BatchNorm2d(outputs),
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

export const mobilenetV2 = (options?: MobileNetV2Options): MobileNetV2 => new MobileNetV2(options);
