import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { CIFAR10_CLASSES } from "../data/index.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Linear,
  MaxPool2d,
  type Module,
  ReLU,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { convTensors, normTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import { BasicBlock, Bottleneck, conv, PaddedShortcut, projection } from "./resnet_blocks.ts";
import {
  type ModelSpec,
  type NamedShape,
  type PublishedWeights,
  rgbOnly,
  type Trunk,
} from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

interface Design {
  readonly name: string;
  readonly block: typeof BasicBlock | typeof Bottleneck;
  /** Output channels of a block over its width. */
  readonly expansion: number;
  readonly blocks: readonly number[];
  readonly widths: readonly number[];
  /** Small images: a 3×3 stem without pooling, option A shortcuts, and the head is called "linear". */
  readonly cifar: boolean;
}

function makeFeatures({ block: Block, expansion, blocks, widths, cifar }: Design): Sequential {
  let channels = widths[0]!;
  const layers: Record<string, Module> = {
    conv1: cifar ? conv(3, channels, 3) : conv(3, channels, 7, 2),
    bn1: new BatchNorm2d(channels),
    relu: new ReLU(),
    ...(cifar ? {} : { maxpool: new MaxPool2d(3, { stride: 2, padding: 1 }) }),
  };
  widths.forEach((width, stage) => {
    const list: Module[] = [];
    for (let i = 0; i < blocks[stage]!; i++) {
      const stride = i === 0 && stage > 0 ? 2 : 1;
      const outputs = width * expansion;
      const changes = stride !== 1 || channels !== outputs;
      const shortcut = cifar
        ? new PaddedShortcut(outputs - channels)
        : projection(channels, outputs, stride);
      list.push(new Block(channels, width, stride, changes ? shortcut : null));
      channels = outputs;
    }
    layers[`layer${stage + 1}`] = new Sequential(...list);
  });
  return new Sequential(layers);
}

/**
 * ResNet (He et al. 2015, https://arxiv.org/abs/1512.03385) with torchvision's names: conv1, bn1,
 * layer1 … layer4, fc. Input [N, 3, H, W] → logits [N, numClasses], or the feature map without the
 * top.
 */
export class ResNet extends Backbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #avgpool = new AdaptiveAvgPool2d(1);
  readonly #headName: string;

  constructor(design: Design, options: ModelOptions = {}) {
    checkOptions(design.name, options, ["numClasses", "includeTop", "inputSize"]);
    const {
      numClasses = design.cifar ? 10 : 1000,
      includeTop = true,
      inputSize = design.cifar ? 32 : 224,
    } = options;
    const channels = design.widths.at(-1)! * design.expansion;
    const side = Math.ceil(inputSize / (design.cifar ? 4 : 32));
    super([3, inputSize, inputSize], [channels, side, side]);
    this.features = makeFeatures(design);
    this.#headName = design.cifar ? "linear" : "fc";
    this.classifier = includeTop ? new Linear(channels, numClasses) : null;
  }

  /** torchvision has no "features": its layers are the model's own children. */
  override namedChildren(): [string, Module][] {
    const head: [string, Module][] = this.classifier ? [[this.#headName, this.classifier]] : [];
    return [...this.features.namedChildren(), ...head];
  }

  override setChild(name: string, module: Module): void {
    if (name === "classifier" || name === this.#headName) this.classifier = module;
    else this.features.setChild(name, module);
  }

  override newClassifier(numClasses: number): Module {
    return new Linear(this.featureShape[0], numClasses);
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(this.#avgpool.forward(features), 1)) as Tensor;
  }
}

const IMAGENET_WIDTHS = [64, 128, 256, 512];

/** The paper's networks: three for ImageNet, and 3 × 3 blocks of 0.27 M parameters for CIFAR-10. */
const DESIGNS = {
  resnet18: {
    name: "resnet18",
    block: BasicBlock,
    expansion: 1,
    blocks: [2, 2, 2, 2],
    widths: IMAGENET_WIDTHS,
    cifar: false,
  },
  resnet34: {
    name: "resnet34",
    block: BasicBlock,
    expansion: 1,
    blocks: [3, 4, 6, 3],
    widths: IMAGENET_WIDTHS,
    cifar: false,
  },
  resnet50: {
    name: "resnet50",
    block: Bottleneck,
    expansion: 4,
    blocks: [3, 4, 6, 3],
    widths: IMAGENET_WIDTHS,
    cifar: false,
  },
  resnet20: {
    name: "resnet20",
    block: BasicBlock,
    expansion: 1,
    blocks: [3, 3, 3],
    widths: [16, 32, 64],
    cifar: true,
  },
} satisfies Record<string, Design>;

export const resnet18 = (options?: ModelOptions): ResNet => new ResNet(DESIGNS.resnet18, options);
export const resnet34 = (options?: ModelOptions): ResNet => new ResNet(DESIGNS.resnet34, options);
export const resnet50 = (options?: ModelOptions): ResNet => new ResNet(DESIGNS.resnet50, options);
/** For small images such as CIFAR-10's: 16, 32 and 64 channels, and 10 classes by default. */
export const resnet20 = (options?: ModelOptions): ResNet => new ResNet(DESIGNS.resnet20, options);

/** Kernel sizes of a block's convolutions and their outputs over the block's width. */
function blockConvolutions({
  expansion,
}: Design): readonly (readonly [side: number, by: number])[] {
  const basic = [
    [3, 1],
    [3, 1],
  ] as const;
  return expansion === 1
    ? basic
    : [
        [1, 1],
        [3, 1],
        [1, expansion],
      ];
}

/** The tensors of all layers but the last. */
function trunkOf(design: Design): Trunk {
  const { blocks, widths, cifar, expansion } = design;
  let channels = widths[0]!;
  const stem = cifar ? 3 : 7;
  const noBias = { bias: false };
  const tensors: NamedShape[] = [
    ...convTensors("conv1", [channels, 3, stem, stem], noBias),
    ...normTensors("bn1", channels),
  ];
  widths.forEach((width, stage) => {
    for (let i = 0; i < blocks[stage]!; i++) {
      const block = `layer${stage + 1}.${i}`;
      const outputs = width * expansion;
      let inputs = channels;
      blockConvolutions(design).forEach(([side, by], n) => {
        const shape = [width * by, inputs, side, side] as const;
        tensors.push(...convTensors(`${block}.conv${n + 1}`, shape, noBias));
        tensors.push(...normTensors(`${block}.bn${n + 1}`, width * by));
        inputs = width * by;
      });
      if (!cifar && i === 0 && (stage > 0 || channels !== outputs)) {
        tensors.push(...convTensors(`${block}.downsample.0`, [outputs, channels, 1, 1], noBias));
        tensors.push(...normTensors(`${block}.downsample.1`, outputs));
      }
      channels = outputs;
    }
  });
  return { tensors, channels };
}

function specOf(design: Design, build: typeof resnet18, weights: PublishedWeights): ModelSpec {
  return {
    name: design.name,
    build: rgbOnly(build),
    input: torchvisionInput(),
    minSize: 32,
    hidden: [],
    trunk: () => trunkOf(design),
    weights: [weights],
  };
}

const CIFAR_WEIGHTS: PublishedWeights = {
  url:
    "https://raw.githubusercontent.com/akamaster/pytorch_resnet_cifar10/" +
    "d5489e8995e81e91ce6b1d69dcc98ad579b0b153/pretrained_models/resnet20-12fca82f.th",
  shards: false,
  size: 1_099_231,
  sizeTolerance: 0,
  sha256: "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8",
  licence: "BSD-2-Clause (Yerlan Idelbayev)",
  source: "https://github.com/akamaster/pytorch_resnet_cifar10",
  trainedOn: "CIFAR-10",
  numClasses: 10,
  classes: CIFAR10_CLASSES,
  top1: 0.9178,
};

const RESNET18_SHA256 = "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec";

export const resnetSpecs = (): readonly ModelSpec[] => [
  specOf(
    DESIGNS.resnet18,
    resnet18,
    torchvisionWeights("resnet18-f37072fd", 44.661, 0.69758, RESNET18_SHA256),
  ),
  specOf(DESIGNS.resnet34, resnet34, torchvisionWeights("resnet34-b627a593", 83.275, 0.73314)),
  specOf(DESIGNS.resnet50, resnet50, torchvisionWeights("resnet50-0676ba61", 97.781, 0.7613)),
  {
    ...specOf(DESIGNS.resnet20, resnet20, CIFAR_WEIGHTS),
    // The same numbers as for ImageNet; CIFAR's pictures are square and of this size.
    input: { ...torchvisionInput(), size: 32, shorterSide: undefined },
    minSize: 8,
  },
];
