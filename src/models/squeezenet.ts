import { concat, flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import {
  AdaptiveAvgPool2d,
  Conv2d,
  Dropout,
  init,
  MaxPool2d,
  Module,
  ReLU,
  runChain,
  Sequential,
} from "../nn/index.ts";
import { Backbone } from "./backbone.ts";
import { convTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import {
  type ModelSpec,
  type NamedShape,
  type PublishedWeights,
  rgbOnly,
  type Trunk,
} from "./spec.ts";
import { torchvisionInput, torchvisionWeights } from "./torchvision.ts";

/** Squeezes channels by 1×1, then expands by 1×1 and 3×3 side by side. */
class Fire extends Module {
  readonly squeeze: Conv2d;
  readonly expand1x1: Conv2d;
  readonly expand3x3: Conv2d;
  readonly relu = new ReLU();

  constructor(inputs: number, squeezed: number, expanded: number) {
    super();
    this.squeeze = new Conv2d(inputs, squeezed, 1);
    this.expand1x1 = new Conv2d(squeezed, expanded, 1);
    this.expand3x3 = new Conv2d(squeezed, expanded, 3, { padding: 1 });
    for (const { weight, bias } of [this.squeeze, this.expand1x1, this.expand3x3]) {
      init.kaimingUniform_(weight);
      init.zeros_(bias!);
    }
  }

  override forward(x: Tensor): Tensor {
    const squeezed = runChain([this.squeeze, this.relu], x);
    const sides = [this.expand1x1, this.expand3x3].map((side) =>
      runChain([side, this.relu], squeezed),
    );
    const out = concat(sides, 1);
    for (const used of [squeezed, ...sides]) used.dispose();
    return out;
  }
}

/** A convolution of 3 channels [outputs, kernel size], fire modules [inputs, squeezed, expanded], and pooling. */
type Entry =
  | readonly ["conv", outputs: number, side: number]
  | readonly ["fire", inputs: number, squeezed: number, expanded: number]
  | "relu"
  | "pool";

const FEATURES = {
  squeezenet1_0: [
    ["conv", 96, 7],
    "relu",
    "pool",
    ["fire", 96, 16, 64],
    ["fire", 128, 16, 64],
    ["fire", 128, 32, 128],
    "pool",
    ["fire", 256, 32, 128],
    ["fire", 256, 48, 192],
    ["fire", 384, 48, 192],
    ["fire", 384, 64, 256],
    "pool",
    ["fire", 512, 64, 256],
  ],
  squeezenet1_1: [
    ["conv", 64, 3],
    "relu",
    "pool",
    ["fire", 64, 16, 64],
    ["fire", 128, 16, 64],
    "pool",
    ["fire", 128, 32, 128],
    ["fire", 256, 32, 128],
    "pool",
    ["fire", 256, 48, 192],
    ["fire", 384, 48, 192],
    ["fire", 384, 64, 256],
    ["fire", 512, 64, 256],
  ],
} satisfies Record<string, readonly Entry[]>;

type Version = keyof typeof FEATURES;

const versionOf = (version: Version): readonly Entry[] => FEATURES[version];

function layerOf(entry: Entry): Module {
  if (entry === "relu") return new ReLU();
  if (entry === "pool") return new MaxPool2d(3, { stride: 2, ceilMode: true });
  if (entry[0] === "conv") return new Conv2d(3, entry[1], entry[2], { stride: 2 });
  const [, inputs, squeezed, expanded] = entry;
  return new Fire(inputs, squeezed, expanded);
}

/** SqueezeNet (Iandola et al. 2016, https://arxiv.org/abs/1602.07360) with torchvision's names. */
export class SqueezeNet extends Backbone {
  readonly features: Sequential;
  classifier: Module | null;

  constructor(version: Version, options: ModelOptions = {}) {
    checkOptions(version, options, ["numClasses", "includeTop", "inputSize"]);
    const { numClasses = 1000, includeTop = true, inputSize = 224 } = options;
    const side = Math.max(1, Math.round(inputSize / 17));
    super([3, inputSize, inputSize], [512, side, side]);
    this.features = new Sequential(...versionOf(version).map(layerOf));
    this.classifier = includeTop ? this.newClassifier(numClasses) : null;
  }

  override newClassifier(numClasses: number): Module {
    const last = new Conv2d(512, numClasses, 1);
    init.normal_(last.weight, 0, 0.01);
    init.zeros_(last.bias!);
    return new Sequential(new Dropout(0.5), last, new ReLU(), new AdaptiveAvgPool2d(1));
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return flatten(classifier.forward(features) as Tensor, 1);
  }
}

/** SqueezeNet 1.0 as torchvision has it (Iandola et al. 2016, https://arxiv.org/abs/1602.07360). */
export const squeezenet1_0 = (options?: ModelOptions): SqueezeNet =>
  new SqueezeNet("squeezenet1_0", options);
/** SqueezeNet 1.1 as torchvision has it (Iandola et al. 2016, https://arxiv.org/abs/1602.07360). */
export const squeezenet1_1 = (options?: ModelOptions): SqueezeNet =>
  new SqueezeNet("squeezenet1_1", options);

/** The tensors of `features`. */
function trunkOf(version: Version): Trunk {
  const tensors = versionOf(version).flatMap((entry, i): NamedShape[] => {
    const name = `features.${i}`;
    if (typeof entry === "string") return [];
    if (entry[0] === "conv") return convTensors(name, [entry[1], 3, entry[2], entry[2]]);
    const [, inputs, squeezed, expanded] = entry;
    return [
      ...convTensors(`${name}.squeeze`, [squeezed, inputs, 1, 1]),
      ...convTensors(`${name}.expand1x1`, [expanded, squeezed, 1, 1]),
      ...convTensors(`${name}.expand3x3`, [expanded, squeezed, 3, 3]),
    ];
  });
  return { tensors, channels: 512 };
}

function specOf(version: Version, build: typeof squeezenet1_0, weights: PublishedWeights) {
  return {
    name: version,
    build: rgbOnly(build),
    input: torchvisionInput(),
    minSize: 32,
    hidden: [],
    trunk: () => trunkOf(version),
    weights: [weights],
  } satisfies ModelSpec;
}

const SHA256_1_1 = "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b";

export const squeezenetSpecs = (): readonly ModelSpec[] => [
  specOf(
    "squeezenet1_0",
    squeezenet1_0,
    torchvisionWeights("squeezenet1_0-b66bff10", 4.778, 0.58092),
  ),
  specOf(
    "squeezenet1_1",
    squeezenet1_1,
    torchvisionWeights("squeezenet1_1-b8a52dc0", 4.729, 0.58178, SHA256_1_1),
  ),
];
