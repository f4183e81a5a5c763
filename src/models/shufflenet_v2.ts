import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Conv2d,
  Linear,
  MaxPool2d,
  type Module,
  ReLU,
  Sequential,
} from "../nn/index.ts";
import { FlatBackbone } from "./flat_backbone.ts";
import { convNormTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import { ShuffleBlock, type ShuffleBlockShape, shuffleBlockTensors } from "./shufflenet_blocks.ts";
import { type ModelSpec, type PublishedWeights, rgbOnly, type Trunk } from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

interface Design {
  readonly name: string;
  /** Output channels of the stages. */
  readonly widths: readonly [number, number, number];
}

const DESIGNS = {
  x0_5: { name: "shufflenet_v2_x0_5", widths: [48, 96, 192] },
  x1_0: { name: "shufflenet_v2_x1_0", widths: [116, 232, 464] },
} satisfies Record<string, Design>;

const STEM = 24;
/** Channels of the feature map. */
const CHANNELS = 1024;
/** Blocks of each stage. */
const BLOCKS = [4, 8, 4] as const;

/** The blocks of each stage. */
function stagesOf({ widths }: Design): ShuffleBlockShape[][] {
  let inputs = STEM;
  return widths.map((outputs, stage) =>
    Array.from({ length: BLOCKS[stage]! }, (_, i) => {
      const block: ShuffleBlockShape = [inputs, outputs, i === 0 ? 2 : 1];
      inputs = outputs;
      return block;
    }),
  );
}

function makeFeatures(design: Design): Sequential {
  const stages = stagesOf(design).map((blocks, i): [string, Module] => [
    `stage${i + 2}`,
    new Sequential(...blocks.map((block) => new ShuffleBlock(block))),
  ]);
  const stem = new Conv2d(3, STEM, 3, { stride: 2, padding: 1, bias: false });
  const last = new Conv2d(design.widths[2], CHANNELS, 1, { bias: false });
  return new Sequential({
    conv1: new Sequential(stem, new BatchNorm2d(STEM), new ReLU()),
    maxpool: new MaxPool2d(3, { stride: 2, padding: 1 }),
    ...Object.fromEntries(stages),
    conv5: new Sequential(last, new BatchNorm2d(CHANNELS), new ReLU()),
  });
}

/** ShuffleNet v2 (Ma et al. 2018, https://arxiv.org/abs/1807.11164) with torchvision's names. */
export class ShuffleNetV2 extends FlatBackbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #avgpool = new AdaptiveAvgPool2d(1);

  constructor(design: Design, options: ModelOptions = {}) {
    checkOptions(design.name, options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = 224 } = options;
    const side = Math.ceil(inputSize / 32);
    super([3, inputSize, inputSize], [CHANNELS, side, side], "fc");
    this.features = makeFeatures(design);
    this.classifier = includeTop ? this.newClassifier(numClasses) : null;
  }

  override newClassifier(numClasses: number): Module {
    return new Linear(CHANNELS, numClasses);
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(this.#avgpool.forward(features), 1)) as Tensor;
  }
}

/** ShuffleNet v2 0.5× as torchvision has it (Ma et al. 2018, https://arxiv.org/abs/1807.11164). */
export const shufflenetV2X0_5 = (options?: ModelOptions): ShuffleNetV2 =>
  new ShuffleNetV2(DESIGNS.x0_5, options);
/** ShuffleNet v2 1.0× as torchvision has it (Ma et al. 2018, https://arxiv.org/abs/1807.11164). */
export const shufflenetV2X1_0 = (options?: ModelOptions): ShuffleNetV2 =>
  new ShuffleNetV2(DESIGNS.x1_0, options);

/** The tensors of all layers but the last. */
function trunkOf(design: Design): Trunk {
  const tensors = [
    ...convNormTensors("conv1", [STEM, 3, 3, 3]),
    ...stagesOf(design).flatMap((blocks, stage) =>
      blocks.flatMap((block, i) => shuffleBlockTensors(`stage${stage + 2}.${i}`, block)),
    ),
    ...convNormTensors("conv5", [CHANNELS, design.widths[2], 1, 1]),
  ];
  return { tensors, channels: CHANNELS };
}

function specOf(design: Design, build: typeof shufflenetV2X1_0, weights: PublishedWeights) {
  return {
    name: design.name,
    build: rgbOnly(build),
    input: torchvisionInput(),
    minSize: 32,
    hidden: [],
    trunk: () => trunkOf(design),
    weights: [weights],
  } satisfies ModelSpec;
}

export const shufflenetV2Specs = (): readonly ModelSpec[] => [
  specOf(
    DESIGNS.x0_5,
    shufflenetV2X0_5,
    torchvisionWeights("shufflenetv2_x0.5-f707e7126e", 5.282, 0.60552, "f707e7126e"),
  ),
  specOf(
    DESIGNS.x1_0,
    shufflenetV2X1_0,
    torchvisionWeights("shufflenetv2_x1-5666bf0f80", 8.791, 0.69362, "5666bf0f80"),
  ),
];
