import { checkOptions } from "../base/index.ts";
import {
  BatchNorm2d,
  Conv2d,
  init,
  Linear,
  MaxPool2d,
  type Module,
  ReLU,
  Sequential,
} from "../nn/index.ts";
import { convTensors, normTensors } from "./layer_tensors.ts";
import { SmallCnn, type SmallCnnOptions, smallInput } from "./lenet.ts";
import { type ModelSpec, type NamedShape, type Trunk, withoutAlpha } from "./spec.ts";

export interface SmallVggOptions extends SmallCnnOptions {
  /** Channels of each block: two 3×3 convolutions, then 2×2 max-pooling. Default [8, 16, 32, 64]. */
  widths?: readonly number[];
  /** Batch normalisation after each convolution. Default true. */
  batchNorm?: boolean;
}

const WIDTHS = [8, 16, 32, 64];
const KNOWN = ["numClasses", "includeTop", "inputSize", "inChannels", "widths", "batchNorm"];

/**
 * A small network in the manner of VGG (Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556):
 * eight convolutions, 77,000 parameters for 32×32 RGB images and ten classes. Names as in torchvision's `vgg*_bn`:
 * `features.0.weight`, …, `classifier.0.weight`. Input [N, inChannels, inputSize, inputSize], by
 * default 3 channels of 32×32.
 *
 * @throws Error when the input is too small for the poolings.
 */
export function smallVgg(options: SmallVggOptions = {}): SmallCnn {
  checkOptions("smallVgg", options, KNOWN);
  const { numClasses = 10, includeTop = true, inputSize = 32, inChannels = 3 } = options;
  const { widths = WIDTHS, batchNorm = true } = options;
  const side = Math.floor(inputSize / 2 ** widths.length);
  const channels = widths.at(-1);
  if (channels === undefined) throw new Error("smallVgg: widths must name at least one block");
  if (side < 1) {
    const least = 2 ** widths.length;
    throw new Error(`smallVgg: inputSize is ${inputSize}; the least is ${least}`);
  }
  const features = new Sequential(
    ...widths.flatMap((width, i) => block(i > 0 ? widths[i - 1] : inChannels, width, batchNorm)),
  );
  const head = new Sequential(new Linear(channels * side * side, numClasses));
  const inputShape = [inChannels, inputSize, inputSize] as const;
  return new SmallCnn(inputShape, [channels, side, side], features, includeTop ? head : null);
}

function block(inChannels: number, width: number, batchNorm: boolean): Module[] {
  return [
    ...convolution(inChannels, width, batchNorm),
    ...convolution(width, width, batchNorm),
    new MaxPool2d(2),
  ];
}

function convolution(inChannels: number, width: number, batchNorm: boolean): Module[] {
  const conv = new Conv2d(inChannels, width, 3, { padding: 1 });
  init.kaimingNormal_(conv.weight, { mode: "fanOut" });
  if (conv.bias) init.zeros_(conv.bias);
  return [conv, ...(batchNorm ? [new BatchNorm2d(width)] : []), new ReLU()];
}

/** The tensors of `features` with the default widths. */
function trunkOf(inChannels: number): Trunk {
  const tensors: NamedShape[] = [];
  let channels = inChannels;
  let at = 0;
  for (const width of WIDTHS) {
    for (let i = 0; i < 2; i++, at += 3) {
      tensors.push(...convTensors(`features.${at}`, [width, channels, 3, 3]));
      tensors.push(...normTensors(`features.${at + 1}`, width));
      channels = width;
    }
    at += 1;
  }
  return { tensors, channels };
}

export const smallVggSpecs = (): readonly ModelSpec[] => [
  {
    name: "small_vgg",
    build: withoutAlpha(smallVgg),
    input: smallInput(32),
    minSize: 16,
    hidden: [],
    sizeOfMap: (side) => 16 * side,
    trunk: ({ inChannels }) => trunkOf(inChannels),
  },
];
