import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Dropout,
  Hardsigmoid,
  Hardswish,
  init,
  Linear,
  type Module,
  ReLU,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { toMultipleOf8 } from "./channels.ts";
import { convNormActivation } from "./conv_norm_activation.ts";
import {
  InvertedResidual,
  type InvertedResidualShape,
  invertedResidualTensors,
} from "./inverted_residual.ts";
import { convNormTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import { type ModelSpec, type PublishedWeights, rgbOnly, type Trunk } from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

/** Kernel size, expanded and output channels, squeeze-and-excitation or not, activation, and stride of a block. */
type Row = readonly [
  kernelSize: number,
  expanded: number,
  outputs: number,
  squeezes: boolean,
  activation: "relu" | "hardswish",
  stride: number,
];

interface Design {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Width of the classifier's hidden layer. */
  readonly hidden: number;
}

/** Tables 1 and 2 of the paper. */
const DESIGNS = {
  large: {
    name: "mobilenet_v3_large",
    rows: [
      [3, 16, 16, false, "relu", 1],
      [3, 64, 24, false, "relu", 2],
      [3, 72, 24, false, "relu", 1],
      [5, 72, 40, true, "relu", 2],
      [5, 120, 40, true, "relu", 1],
      [5, 120, 40, true, "relu", 1],
      [3, 240, 80, false, "hardswish", 2],
      [3, 200, 80, false, "hardswish", 1],
      [3, 184, 80, false, "hardswish", 1],
      [3, 184, 80, false, "hardswish", 1],
      [3, 480, 112, true, "hardswish", 1],
      [3, 672, 112, true, "hardswish", 1],
      [5, 672, 160, true, "hardswish", 2],
      [5, 960, 160, true, "hardswish", 1],
      [5, 960, 160, true, "hardswish", 1],
    ],
    hidden: 1280,
  },
  small: {
    name: "mobilenet_v3_small",
    rows: [
      [3, 16, 16, true, "relu", 2],
      [3, 72, 24, false, "relu", 2],
      [3, 88, 24, false, "relu", 1],
      [5, 96, 40, true, "hardswish", 2],
      [5, 240, 40, true, "hardswish", 1],
      [5, 240, 40, true, "hardswish", 1],
      [5, 120, 48, true, "hardswish", 1],
      [5, 144, 48, true, "hardswish", 1],
      [5, 288, 96, true, "hardswish", 2],
      [5, 576, 96, true, "hardswish", 1],
      [5, 576, 96, true, "hardswish", 1],
    ],
    hidden: 1024,
  },
} satisfies Record<string, Design>;

const STEM = 16;

type Block = InvertedResidualShape & { readonly activation: Row[4] };

function blocksOf({ rows }: Design): Block[] {
  let inputs = STEM;
  return rows.map(([kernelSize, expanded, outputs, squeezes, activation, stride]) => {
    const squeezed = squeezes ? toMultipleOf8(Math.floor(expanded / 4)) : 0;
    const block = { inputs, kernelSize, expanded, outputs, squeezed, activation, stride };
    inputs = outputs;
    return block;
  });
}

/** Channels of the feature map: six times those of the last block. */
const lastWidth = ({ rows }: Design) => 6 * rows.at(-1)![2];

const norm = (channels: number) => new BatchNorm2d(channels, { eps: 1e-3, momentum: 0.01 });
const hardswish = () => new Hardswish();
const relu = () => new ReLU();

function makeFeatures(design: Design): Sequential {
  const blocks = blocksOf(design).map(
    (block) =>
      new InvertedResidual(block, {
        norm,
        activation: block.activation === "relu" ? relu : hardswish,
        squeezeActivation: relu,
        scaleActivation: () => new Hardsigmoid(),
      }),
  );
  return new Sequential(
    convNormActivation(3, STEM, { kernelSize: 3, stride: 2, norm, activation: hardswish }),
    ...blocks,
    convNormActivation(design.rows.at(-1)![2], lastWidth(design), { norm, activation: hardswish }),
  );
}

function linear(inputs: number, outputs: number): Linear {
  const layer = new Linear(inputs, outputs);
  init.normal_(layer.weight, 0, 0.01);
  init.zeros_(layer.bias!);
  return layer;
}

/** MobileNet v3 (Howard et al. 2019, https://arxiv.org/abs/1905.02244) with torchvision's names. */
export class MobileNetV3 extends Backbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #avgpool = new AdaptiveAvgPool2d(1);
  readonly #hidden: number;

  constructor(design: Design, options: ModelOptions = {}) {
    checkOptions(design.name, options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = 224 } = options;
    const side = Math.ceil(inputSize / 32);
    super([3, inputSize, inputSize], [lastWidth(design), side, side]);
    this.features = makeFeatures(design);
    this.#hidden = design.hidden;
    this.classifier = includeTop ? this.newClassifier(numClasses) : null;
  }

  override newClassifier(numClasses: number): Module {
    return new Sequential(
      linear(this.featureShape[0], this.#hidden),
      new Hardswish(),
      new Dropout(0.2),
      linear(this.#hidden, numClasses),
    );
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(this.#avgpool.forward(features), 1)) as Tensor;
  }
}

/** MobileNet v3 large as torchvision has it (Howard et al. 2019, https://arxiv.org/abs/1905.02244). */
export const mobilenetV3Large = (options?: ModelOptions): MobileNetV3 =>
  new MobileNetV3(DESIGNS.large, options);
/** MobileNet v3 small as torchvision has it (Howard et al. 2019, https://arxiv.org/abs/1905.02244). */
export const mobilenetV3Small = (options?: ModelOptions): MobileNetV3 =>
  new MobileNetV3(DESIGNS.small, options);

/** The tensors of `features`. */
function trunkOf(design: Design): Trunk {
  const blocks = blocksOf(design);
  const channels = lastWidth(design);
  const tensors = [
    ...convNormTensors("features.0", [STEM, 3, 3, 3]),
    ...blocks.flatMap((block, i) => invertedResidualTensors(`features.${i + 1}`, block)),
    ...convNormTensors(`features.${blocks.length + 1}`, [channels, blocks.at(-1)!.outputs, 1, 1]),
  ];
  return { tensors, channels };
}

function specOf(design: Design, build: typeof mobilenetV3Large, weights: PublishedWeights) {
  return {
    name: design.name,
    build: rgbOnly(build),
    input: torchvisionInput(),
    minSize: 32,
    hidden: [design.hidden],
    trunk: () => trunkOf(design),
    weights: [weights],
  } satisfies ModelSpec;
}

export const mobilenetV3Specs = (): readonly ModelSpec[] => [
  specOf(
    DESIGNS.large,
    mobilenetV3Large,
    torchvisionWeights(
      "mobilenet_v3_large-8738ca79",
      21.114,
      0.74042,
      "8738ca797c879b547d18bbd15da5736ff2557b2036a9af72225393ca61759a04",
    ),
  ),
  specOf(
    DESIGNS.small,
    mobilenetV3Small,
    torchvisionWeights(
      "mobilenet_v3_small-047dcff4",
      9.829,
      0.67668,
      "047dcff4addef86ea5bc2eff13c9614dc11f47ab1160d0a71a25e7db994f4e1f",
    ),
  ),
];
