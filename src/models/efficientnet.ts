import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  Dropout,
  init,
  Linear,
  type Module,
  Sequential,
  Sigmoid,
  SiLU,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { toMultipleOf8 } from "./channels.ts";
import { convNormActivation } from "./conv_norm_activation.ts";
import type { InputConvention } from "./conventions.ts";
import {
  InvertedResidual,
  type InvertedResidualShape,
  invertedResidualTensors,
} from "./inverted_residual.ts";
import { convNormTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import { type ModelSpec, type PublishedWeights, rgbOnly, type Trunk } from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

/** Expansion, kernel size, first stride, output channels and blocks of each stage of B0 (table 1 of the paper). */
const STAGES = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** How B0 is scaled, its input's side, the dropout before the classifier. */
interface Design {
  readonly name: string;
  readonly width: number;
  readonly depth: number;
  readonly side: number;
  readonly dropout: number;
}

const DESIGNS = {
  b0: { name: "efficientnet_b0", width: 1, depth: 1, side: 224, dropout: 0.2 },
  b1: { name: "efficientnet_b1", width: 1, depth: 1.1, side: 240, dropout: 0.2 },
  b2: { name: "efficientnet_b2", width: 1.1, depth: 1.2, side: 288, dropout: 0.3 },
  b3: { name: "efficientnet_b3", width: 1.2, depth: 1.4, side: 300, dropout: 0.3 },
} satisfies Record<string, Design>;

/** How often the last block is left out in training; earlier ones in proportion to their position. */
const STOCHASTIC_DEPTH = 0.2;

const stemWidth = ({ width }: Design) => toMultipleOf8(32 * width);
/** Channels of the feature map: four times those of the last stage. */
const lastWidth = ({ width }: Design) => 4 * toMultipleOf8(320 * width);

/** The blocks of each stage. */
function stagesOf(design: Design): InvertedResidualShape[][] {
  let inputs = stemWidth(design);
  return STAGES.map(([expansion, kernelSize, firstStride, channels, count]) => {
    const outputs = toMultipleOf8(channels * design.width);
    return Array.from({ length: Math.ceil(count * design.depth) }, (_, i) => {
      const block = {
        inputs,
        kernelSize,
        outputs,
        expanded: toMultipleOf8(inputs * expansion),
        squeezed: Math.max(1, Math.floor(inputs / 4)),
        stride: i === 0 ? firstStride : 1,
      };
      inputs = outputs;
      return block;
    });
  });
}

const silu = () => new SiLU();

function makeFeatures(design: Design): Sequential {
  const style = {
    activation: silu,
    squeezeActivation: silu,
    scaleActivation: () => new Sigmoid(),
  };
  const stages = stagesOf(design);
  const count = stages.flat().length;
  let at = 0;
  const blocks = stages.map((shapes) =>
    shapes.map((shape) => new InvertedResidual(shape, style, (STOCHASTIC_DEPTH * at++) / count)),
  );
  const stem = { kernelSize: 3, stride: 2, activation: silu };
  return new Sequential(
    convNormActivation(3, stemWidth(design), stem),
    ...blocks.map((stage) => new Sequential(...stage)),
    convNormActivation(lastWidth(design) / 4, lastWidth(design), { activation: silu }),
  );
}

/** EfficientNet (Tan & Le 2019, https://arxiv.org/abs/1905.11946) with torchvision's names. */
export class EfficientNet extends Backbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #avgpool = new AdaptiveAvgPool2d(1);
  readonly #dropout: number;

  constructor(design: Design, options: ModelOptions = {}) {
    checkOptions(design.name, options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = design.side } = options;
    const side = Math.ceil(inputSize / 32);
    super([3, inputSize, inputSize], [lastWidth(design), side, side]);
    this.features = makeFeatures(design);
    this.#dropout = design.dropout;
    this.classifier = includeTop ? this.newClassifier(numClasses) : null;
  }

  override newClassifier(numClasses: number): Module {
    const layer = new Linear(this.featureShape[0], numClasses);
    const bound = 1 / Math.sqrt(numClasses);
    init.uniform_(layer.weight, -bound, bound);
    init.zeros_(layer.bias!);
    return new Sequential(new Dropout(this.#dropout), layer);
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(this.#avgpool.forward(features), 1)) as Tensor;
  }
}

const builder =
  /* @__NO_SIDE_EFFECTS__ */
  (design: Design) => (options?: ModelOptions) => new EfficientNet(design, options);

/** EfficientNet B0 as torchvision has it (Tan & Le 2019, https://arxiv.org/abs/1905.11946). */
export const efficientnetB0 = builder(DESIGNS.b0);
/** EfficientNet B1 as torchvision has it (Tan & Le 2019, https://arxiv.org/abs/1905.11946). */
export const efficientnetB1 = builder(DESIGNS.b1);
/** EfficientNet B2 as torchvision has it (Tan & Le 2019, https://arxiv.org/abs/1905.11946). */
export const efficientnetB2 = builder(DESIGNS.b2);
/** EfficientNet B3 as torchvision has it (Tan & Le 2019, https://arxiv.org/abs/1905.11946). */
export const efficientnetB3 = builder(DESIGNS.b3);

/** The tensors of `features`. */
function trunkOf(design: Design): Trunk {
  const channels = lastWidth(design);
  const stages = stagesOf(design);
  const tensors = [
    ...convNormTensors("features.0", [stemWidth(design), 3, 3, 3]),
    ...stages.flatMap((blocks, stage) =>
      blocks.flatMap((block, i) => invertedResidualTensors(`features.${stage + 1}.${i}`, block)),
    ),
    ...convNormTensors(`features.${stages.length + 1}`, [channels, channels / 4, 1, 1]),
  ];
  return { tensors, channels };
}

/**
 * @param shorterSide to which a picture is brought before its centre is cut out. The weights were measured with bicubic
 * resizing; bilinear, as pictures are resized here, differs little.
 */
function specOf(design: Design, shorterSide: number, weights: PublishedWeights): ModelSpec {
  const input: InputConvention = { ...torchvisionInput(), size: design.side, shorterSide };
  return {
    name: design.name,
    build: rgbOnly(builder(design)),
    input,
    minSize: 32,
    hidden: [],
    trunk: () => trunkOf(design),
    weights: [weights],
  };
}

const B0_SHA256 = "7f5810bc96def8f7552d5b7e68d53c4786f81167d28291b21c0d90e1fca14934";

export const efficientnetSpecs = (): readonly ModelSpec[] => [
  specOf(
    DESIGNS.b0,
    256,
    torchvisionWeights("efficientnet_b0_rwightman-7f5810bc", 20.451, 0.77692, B0_SHA256),
  ),
  specOf(
    DESIGNS.b1,
    256,
    torchvisionWeights("efficientnet_b1_rwightman-bac287d4", 30.134, 0.78642),
  ),
  specOf(
    DESIGNS.b2,
    288,
    torchvisionWeights("efficientnet_b2_rwightman-c35c1473", 35.174, 0.80608),
  ),
  specOf(
    DESIGNS.b3,
    320,
    torchvisionWeights("efficientnet_b3_rwightman-b3899882", 47.184, 0.82008),
  ),
];
