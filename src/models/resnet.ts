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
import { FlatBackbone } from "./flat_backbone.ts";
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
export class ResNet extends FlatBackbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #avgpool = new AdaptiveAvgPool2d(1);

  constructor(design: Design, options: ModelOptions = {}) {
    checkOptions(design.name, options, ["numClasses", "includeTop", "inputSize"]);
    const {
      numClasses = design.cifar ? 10 : 1000,
      includeTop = true,
      inputSize = design.cifar ? 32 : 224,
    } = options;
    const channels = design.widths.at(-1)! * design.expansion;
    const side = Math.ceil(inputSize / (design.cifar ? 4 : 32));
    super([3, inputSize, inputSize], [channels, side, side], design.cifar ? "linear" : "fc");
    this.features = makeFeatures(design);
    this.classifier = includeTop ? new Linear(channels, numClasses) : null;
  }

  override newClassifier(numClasses: number): Module {
    return new Linear(this.featureShape[0], numClasses);
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(this.#avgpool.forward(features), 1)) as Tensor;
  }
}

const basic = /* @__NO_SIDE_EFFECTS__ */ (name: string, blocks: readonly number[]): Design => ({
  ...{ name, blocks, block: BasicBlock, expansion: 1 },
  ...{ widths: [64, 128, 256, 512], cifar: false },
});

const deep = /* @__NO_SIDE_EFFECTS__ */ (name: string, blocks: readonly number[]): Design => ({
  ...basic(name, blocks),
  ...{ block: Bottleneck, expansion: 4 },
});

/** For CIFAR-10's images: 16, 32 and 64 channels, in `blocks` blocks each. */
const cifar = /* @__NO_SIDE_EFFECTS__ */ (name: string, blocks: number): Design => ({
  ...basic(name, [blocks, blocks, blocks]),
  ...{ widths: [16, 32, 64], cifar: true },
});

/** The paper's networks for ImageNet (table 1), and those for CIFAR-10 (section 4.2). */
const DESIGNS = {
  resnet18: basic("resnet18", [2, 2, 2, 2]),
  resnet34: basic("resnet34", [3, 4, 6, 3]),
  resnet50: deep("resnet50", [3, 4, 6, 3]),
  resnet101: deep("resnet101", [3, 4, 23, 3]),
  resnet152: deep("resnet152", [3, 8, 36, 3]),
  resnet20: cifar("resnet20", 3),
  resnet32: cifar("resnet32", 5),
  resnet44: cifar("resnet44", 7),
  resnet56: cifar("resnet56", 9),
};

type Name = keyof typeof DESIGNS;

const builder =
  /* @__NO_SIDE_EFFECTS__ */
  (name: Name) => (options?: ModelOptions) => new ResNet(DESIGNS[name], options);

/** ResNet-18 as torchvision has it (He et al. 2015, https://arxiv.org/abs/1512.03385). */
export const resnet18 = builder("resnet18");
/** ResNet-34 as torchvision has it (He et al. 2015, https://arxiv.org/abs/1512.03385). */
export const resnet34 = builder("resnet34");
/** ResNet-50 as torchvision has it (He et al. 2015, https://arxiv.org/abs/1512.03385). */
export const resnet50 = builder("resnet50");
/** ResNet-101 as torchvision has it (He et al. 2015, https://arxiv.org/abs/1512.03385). */
export const resnet101 = builder("resnet101");
/** ResNet-152 as torchvision has it (He et al. 2015, https://arxiv.org/abs/1512.03385). */
export const resnet152 = builder("resnet152");
/** For small images such as CIFAR-10's: 16, 32 and 64 channels, and 10 classes by default. */
export const resnet20 = builder("resnet20");
/** ResNet-32 for small images: see `resnet20`. */
export const resnet32 = builder("resnet32");
/** ResNet-44 for small images: see `resnet20`. */
export const resnet44 = builder("resnet44");
/** ResNet-56 for small images: see `resnet20`. */
export const resnet56 = builder("resnet56");

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

function specOf(name: Name, weights: PublishedWeights): ModelSpec {
  return {
    name,
    build: rgbOnly(builder(name)),
    input: torchvisionInput(),
    minSize: 32,
    hidden: [],
    trunk: () => trunkOf(DESIGNS[name]),
    weights: [weights],
  };
}

const CIFAR_REPOSITORY = "akamaster/pytorch_resnet_cifar10";

/** @param file ends in the first digits of the hash. */
function cifarSpec(name: Name, file: string, top1: number, exact: Partial<PublishedWeights>) {
  const commit = "d5489e8995e81e91ce6b1d69dcc98ad579b0b153";
  return {
    ...specOf(name, {
      url: `https://raw.githubusercontent.com/${CIFAR_REPOSITORY}/${commit}/pretrained_models/${file}.th`,
      shards: false,
      size: 0,
      sizeTolerance: 8192,
      sha256: file.slice(-8),
      licence: "BSD-2-Clause (Yerlan Idelbayev)",
      source: `https://github.com/${CIFAR_REPOSITORY}`,
      trainedOn: "CIFAR-10",
      numClasses: 10,
      classes: CIFAR10_CLASSES,
      top1,
      ...exact,
    }),
    // The same numbers as for ImageNet; CIFAR's pictures are square and of this size.
    input: { ...torchvisionInput(), size: 32, shorterSide: undefined },
    minSize: 8,
  };
}

const RESNET18_SHA256 = "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec";
const RESNET20_SHA256 = "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8";

export const resnetSpecs = (): readonly ModelSpec[] => [
  specOf("resnet18", torchvisionWeights("resnet18-f37072fd", 44.661, 0.69758, RESNET18_SHA256)),
  specOf(
    "resnet34",
    torchvisionWeights(
      "resnet34-b627a593",
      83.275,
      0.73314,
      "b627a593bcbe140c234610266fe4f8ae95ea42fc881d091c9b6052e6b1d0590f",
    ),
  ),
  specOf(
    "resnet50",
    torchvisionWeights(
      "resnet50-0676ba61",
      97.781,
      0.7613,
      "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
    ),
  ),
  specOf(
    "resnet101",
    torchvisionWeights(
      "resnet101-63fe2227",
      170.511,
      0.77374,
      "63fe2227b86e8f1f2063f43a75c84d195911b6a0eace650907dd3dc62dd49a0a",
    ),
  ),
  specOf(
    "resnet152",
    torchvisionWeights(
      "resnet152-394f9c45",
      230.434,
      0.78312,
      "394f9c45966e3651a89bbb78a48410a6755854ce4a5ab64927cf1c7247f85e58",
    ),
  ),
  cifarSpec("resnet20", "resnet20-12fca82f", 0.9178, {
    size: 1_099_231,
    sizeTolerance: 0,
    sha256: RESNET20_SHA256,
  }),
  // Sizes that the numbers of parameters and resnet20's file ask for: the repository gives no exact ones.
  cifarSpec("resnet32", "resnet32-d509ac18", 0.9263, { size: 1_889_900 }),
  cifarSpec("resnet44", "resnet44-014dd654", 0.931, { size: 2_680_600 }),
  cifarSpec("resnet56", "resnet56-4bfd9763", 0.9339, { size: 3_471_300 }),
];
