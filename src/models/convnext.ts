import type { Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  Conv2d,
  Flatten,
  Linear,
  type Module,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { ConvNeXtBlock, channelNorm, convNeXtBlockTensors } from "./convnext_block.ts";
import { convTensors, layerNormTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import { smallWeights } from "./small_weights.ts";
import { type ModelSpec, type NamedShape, rgbOnly, type Trunk } from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

/** Channels and blocks of each stage of ConvNeXt-T. */
const STAGES = [
  [96, 3],
  [192, 3],
  [384, 9],
  [768, 3],
] as const;

/** Channels of the feature map. */
const CHANNELS = 768;
/** How often the last block is left out in training; earlier ones in proportion to their position. */
const STOCHASTIC_DEPTH = 0.1;

/** A stem of 4×4 patches, then stages with halvings between them. */
function makeFeatures(): Sequential {
  const last = STAGES.reduce((sum, [, count]) => sum + count, 0) - 1;
  let at = 0;
  let inputs = 3;
  const layers = STAGES.flatMap(([channels, count], stage) => {
    const side = stage === 0 ? 4 : 2;
    const conv = smallWeights(new Conv2d(inputs, channels, side, { stride: side }));
    const smaller = stage === 0 ? [conv, channelNorm(channels)] : [channelNorm(inputs), conv];
    inputs = channels;
    const blocks = Array.from(
      { length: count },
      () => new ConvNeXtBlock(channels, (STOCHASTIC_DEPTH * at++) / last),
    );
    return [new Sequential(...smaller), new Sequential(...blocks)];
  });
  return new Sequential(...layers);
}

/** ConvNeXt-T (Liu et al. 2022, https://arxiv.org/abs/2201.03545) with torchvision's names. */
export class ConvNeXt extends Backbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #avgpool = new AdaptiveAvgPool2d(1);

  constructor(options: ModelOptions = {}) {
    checkOptions("convnext_tiny", options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = 224 } = options;
    const side = Math.floor(inputSize / 32);
    super([3, inputSize, inputSize], [CHANNELS, side, side]);
    this.features = makeFeatures();
    this.classifier = includeTop ? this.newClassifier(numClasses) : null;
  }

  override newClassifier(numClasses: number): Module {
    return new Sequential(
      channelNorm(CHANNELS),
      new Flatten(),
      smallWeights(new Linear(CHANNELS, numClasses)),
    );
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(this.#avgpool.forward(features)) as Tensor;
  }
}

/** ConvNeXt-T as torchvision has it (Liu et al. 2022, https://arxiv.org/abs/2201.03545). */
export const convnextTiny = (options?: ModelOptions): ConvNeXt => new ConvNeXt(options);

/** The tensors of `features`. */
function trunkOf(): Trunk {
  let inputs = 3;
  const tensors = STAGES.flatMap(([channels, count], stage): NamedShape[] => {
    const side = stage === 0 ? 4 : 2;
    const smaller = `features.${2 * stage}`;
    const [conv, norm] = stage === 0 ? [0, 1] : [1, 0];
    const normalised = stage === 0 ? channels : inputs;
    const halving = [
      ...convTensors(`${smaller}.${conv}`, [channels, inputs, side, side]),
      ...layerNormTensors(`${smaller}.${norm}`, normalised),
    ];
    inputs = channels;
    const blocks = Array.from({ length: count }, (_, i) =>
      convNeXtBlockTensors(`features.${2 * stage + 1}.${i}`, channels),
    );
    return [...halving, ...blocks.flat()];
  });
  return { tensors, channels: CHANNELS };
}

export const convnextSpecs = (): readonly ModelSpec[] => [
  {
    name: "convnext_tiny",
    build: rgbOnly(convnextTiny),
    input: { ...torchvisionInput(), shorterSide: 236 },
    minSize: 32,
    hidden: [],
    topNorm: true,
    trunk: trunkOf,
    weights: [
      torchvisionWeights(
        "convnext_tiny-983f1562",
        109.119,
        0.8252,
        "983f1562536e84ff750a1576fb08e54de751dbf2e17c0d8a4a13704341fdcd3d",
      ),
    ],
  },
];
