import { add, avgPool2d, pad, relu, type Tensor } from "../autograd/index.ts";
import { BatchNorm2d, Conv2d, init, Module, ReLU, runChain, Sequential } from "../nn/index.ts";

/** A convolution as all of a ResNet are: "same" padding and no bias, since a batch norm follows. */
export function conv(inputs: number, outputs: number, kernelSize: number, stride = 1): Conv2d {
  const layer = new Conv2d(inputs, outputs, kernelSize, {
    stride,
    padding: (kernelSize - 1) / 2,
    bias: false,
  });
  init.kaimingNormal_(layer.weight, { mode: "fanOut" });
  return layer;
}

/** What a block adds its result to: the input, or a version of it with other channels or stride. */
type Shortcut = Module | null;

/** Two 3×3 convolutions and a shortcut. */
export class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly relu = new ReLU();

  constructor(
    inputs: number,
    width: number,
    stride: number,
    readonly downsample: Shortcut,
  ) {
    super();
    this.conv1 = conv(inputs, width, 3, stride);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = conv(width, width, 3);
    this.bn2 = new BatchNorm2d(width);
  }

  override forward(x: Tensor): Tensor {
    const { conv1, bn1, relu, conv2, bn2 } = this;
    const residual = runChain([conv1, bn1, relu, conv2, bn2], x);
    return addShortcut(residual, x, this.downsample);
  }
}

/** 1×1 down to a quarter of the channels, 3×3 (with the stride), 1×1 up again, and a shortcut. */
export class Bottleneck extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly relu = new ReLU();

  constructor(
    inputs: number,
    width: number,
    stride: number,
    readonly downsample: Shortcut,
  ) {
    super();
    this.conv1 = conv(inputs, width, 1);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = conv(width, width, 3, stride);
    this.bn2 = new BatchNorm2d(width);
    this.conv3 = conv(width, 4 * width, 1);
    this.bn3 = new BatchNorm2d(4 * width);
  }

  override forward(x: Tensor): Tensor {
    const { conv1, bn1, relu, conv2, bn2, conv3, bn3 } = this;
    const residual = runChain([conv1, bn1, relu, conv2, bn2, relu, conv3, bn3], x);
    return addShortcut(residual, x, this.downsample);
  }
}

function addShortcut(residual: Tensor, x: Tensor, downsample: Shortcut): Tensor {
  const shortcut = downsample ? (downsample.forward(x) as Tensor) : x;
  const sum = add(residual, shortcut);
  const out = relu(sum);
  for (const used of [residual, sum, ...(downsample ? [shortcut] : [])]) used.dispose();
  return out;
}

/** Every second pixel, channels padded with zeros: the paper's option A, without parameters. */
export class PaddedShortcut extends Module {
  constructor(private readonly extraChannels: number) {
    super();
  }

  override forward(x: Tensor): Tensor {
    const half = this.extraChannels / 2;
    return pad(avgPool2d(x, { kernelSize: 1, stride: 2 }), [0, 0, 0, 0, half, half]);
  }
}

/** A 1×1 convolution that gives the shortcut the channels and stride of the block. */
export function projection(inputs: number, outputs: number, stride: number): Sequential {
  return new Sequential(conv(inputs, outputs, 1, stride), new BatchNorm2d(outputs));
}
