import { flatten, type Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Conv2d, type Module, Sequential } from "../nn/index.ts";
import { CONVENTIONS, type InputConvention } from "./conventions.ts";
import { FlatBackbone } from "./flat_backbone.ts";
import { imagenetClasses } from "./imagenet.ts";
import { convTensors, layerNormTensors, linearTensors } from "./layer_tensors.ts";
import type { ModelOptions } from "./options.ts";
import {
  type ModelSpec,
  type NamedShape,
  type PublishedWeights,
  rgbOnly,
  type Trunk,
} from "./spec.ts";
import { ClassToken, layerNorm, linear, patchMap, Tokens, TransformerBlock } from "./vit_blocks.ts";

/** Named as timm names them. */
export interface VisionTransformerOptions extends ModelOptions {
  /** Side of a patch in pixels. Default 16. */
  patchSize?: number;
  /** Features of a token. Default 192. */
  embedDim?: number;
  /** Blocks. Default 12. */
  depth?: number;
  /** Default 3. */
  numHeads?: number;
  /** Width of a block's hidden layer over `embedDim`. Default 4. */
  mlpRatio?: number;
  /** How often the last block is left out in training; earlier ones in proportion to their position. Default 0. */
  dropPathRate?: number;
}

const OPTIONS = [
  ...["numClasses", "includeTop", "inputSize", "patchSize", "embedDim", "depth", "numHeads"],
  ...["mlpRatio", "dropPathRate"],
];

/** The layers, "blocks" one by one, so that a model can be cut between them. */
function makeFeatures(shape: Required<VisionTransformerOptions>, tokens: Tokens): Sequential {
  const { patchSize, embedDim, depth, dropPathRate } = shape;
  const blocks = Array.from({ length: depth }, (_, i): [string, Module] => [
    `blocks.${i}`,
    new TransformerBlock(shape, (dropPathRate * i) / Math.max(1, depth - 1)),
  ]);
  return new Sequential({
    patch_embed: new Sequential({
      proj: new Conv2d(3, embedDim, patchSize, { stride: patchSize }),
    }),
    tokens,
    ...Object.fromEntries(blocks),
    norm: layerNorm(embedDim),
    class_token: new ClassToken(),
  });
}

/**
 * A vision transformer (Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929) with timm's names. Takes images of its
 * `inputSize` alone, which must be a multiple of the patch's side. Input [N, 3, inputSize, inputSize] → logits
 * [N, numClasses], or the class token as a map [N, embedDim, 1, 1] without the top.
 */
export class VisionTransformer extends FlatBackbone {
  readonly features: Sequential;
  classifier: Module | null;
  readonly #side: number;

  constructor(options: VisionTransformerOptions = {}, name = "visionTransformer") {
    checkOptions(name, options, OPTIONS);
    const shape = {
      ...{ numClasses: 1000, includeTop: true, inputSize: 224, patchSize: 16, embedDim: 192 },
      ...{ depth: 12, numHeads: 3, mlpRatio: 4, dropPathRate: 0 },
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    };
    const { inputSize, patchSize, embedDim, numHeads } = shape;
    if (inputSize % patchSize !== 0) {
      throw new Error(`${name}: inputSize is ${inputSize}; it must be a multiple of ${patchSize}`);
    }
    if (embedDim % numHeads !== 0) {
      throw new Error(
        `${name}: embedDim is ${embedDim}; it must be a multiple of ${numHeads} heads`,
      );
    }
    super([3, inputSize, inputSize], [embedDim, 1, 1], "head");
    this.#side = inputSize / patchSize;
    this.features = makeFeatures(shape, new Tokens(embedDim, this.#side ** 2));
    this.classifier = shape.includeTop ? this.newClassifier(shape.numClasses) : null;
  }

  /** timm's own tensors of the model, before those of its layers. */
  override ownParameters(): [string, Tensor][] {
    return this.features.get("tokens").ownParameters();
  }

  override namedChildren(): [string, Module][] {
    return super.namedChildren().filter(([, layer]) => !(layer instanceof Tokens));
  }

  override newClassifier(numClasses: number): Module {
    return linear(this.featureShape[0], numClasses);
  }

  override classify(classifier: Module, features: Tensor): Tensor {
    return classifier.forward(flatten(features, 1)) as Tensor;
  }

  override asMap(features: Tensor): Tensor {
    const isTokens = features.shape[1] === 1;
    return isTokens ? patchMap(features, this.#side) : features;
  }
}

/** A vision transformer of any size; see `VisionTransformerOptions`. */
export const visionTransformer = (options?: VisionTransformerOptions): VisionTransformer =>
  new VisionTransformer(options);

const DESIGNS = {
  tiny: { name: "vit_tiny_patch16_224", embedDim: 192, numHeads: 3 },
  small: { name: "vit_small_patch16_224", embedDim: 384, numHeads: 6 },
};

type Design = (typeof DESIGNS)["tiny"];

const builder =
  /* @__NO_SIDE_EFFECTS__ */
    ({ name, ...shape }: Design) =>
    (options: ModelOptions = {}) => {
      checkOptions(name, options, ["numClasses", "includeTop", "inputSize"]);
      return new VisionTransformer({ ...shape, ...options }, name);
    };

/** ViT tiny: patches of 16 × 16 in images of 224 × 224, as timm has it (Touvron et al. 2021, https://arxiv.org/abs/2012.12877). */
export const vitTinyPatch16_224 = builder(DESIGNS.tiny);
/** ViT small: patches of 16 × 16 in images of 224 × 224, as timm has it (Touvron et al. 2021, https://arxiv.org/abs/2012.12877). */
export const vitSmallPatch16_224 = builder(DESIGNS.small);

function blockTensors(name: string, features: number): NamedShape[] {
  return [
    ...layerNormTensors(`${name}.norm1`, features),
    ...linearTensors(`${name}.attn.qkv`, features, 3 * features),
    ...linearTensors(`${name}.attn.proj`, features, features),
    ...layerNormTensors(`${name}.norm2`, features),
    ...linearTensors(`${name}.mlp.fc1`, features, 4 * features),
    ...linearTensors(`${name}.mlp.fc2`, 4 * features, features),
  ];
}

/** All tensors but the head's, for images of 224 × 224. */
function trunkOf({ embedDim }: Design): Trunk {
  const blocks = Array.from({ length: 12 }, (_, i) => blockTensors(`blocks.${i}`, embedDim));
  const tensors: NamedShape[] = [
    ...convTensors("patch_embed.proj", [embedDim, 3, 16, 16]),
    ["cls_token", [1, 1, embedDim]],
    ["pos_embed", [1, 1 + 14 * 14, embedDim]],
    ...blocks.flat(),
    ...layerNormTensors("norm", embedDim),
  ];
  return { tensors, channels: embedDim };
}

/** Measured with bicubic resizing; bilinear, as pictures are resized here, differs little. */
const input = (): InputConvention => ({
  ...CONVENTIONS.signed,
  size: 224,
  channels: 3,
  resize: "crop",
  shorterSide: 248,
  antialias: true,
});

/** @param size of the parameters; a header of unknown length comes before them in the file. */
function timmWeights(model: string, size: number): PublishedWeights {
  const page = `https://huggingface.co/timm/${model}`;
  return {
    url: `${page}/resolve/main/model.safetensors`,
    shards: false,
    size: size + 16_384,
    sizeTolerance: 16_384,
    licence: "Apache-2.0 (Google, timm)",
    source: page,
    trainedOn: "ImageNet-1k",
    numClasses: 1000,
    classList: imagenetClasses(),
  };
}

function specOf(design: Design, parameters: number): ModelSpec {
  return {
    name: design.name,
    build: rgbOnly(builder(design)),
    input: input(),
    minSize: 224,
    maxSize: 224,
    hidden: [],
    trunk: () => trunkOf(design),
    weights: [timmWeights(`${design.name}.augreg_in21k_ft_in1k`, 4 * parameters)],
  };
}

export const vitSpecs = (): readonly ModelSpec[] => [
  specOf(DESIGNS.tiny, 5_717_416),
  specOf(DESIGNS.small, 22_050_664),
];
