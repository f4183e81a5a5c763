import {
  add,
  chunk,
  concat,
  expand,
  narrow,
  permute,
  reshape,
  type Tensor,
  zeros,
} from "../autograd/index.ts";
import { shapeText } from "../base/index.ts";
import {
  GELU,
  init,
  LayerNorm,
  Linear,
  Module,
  multiHeadAttention,
  runChain,
  StochasticDepth,
} from "../nn/index.ts";
import { smallWeights } from "./small_weights.ts";

export const layerNorm = (features: number) => new LayerNorm(features, { eps: 1e-6 });

export const linear = (inputs: number, outputs: number) =>
  smallWeights(new Linear(inputs, outputs));

/**
 * The places of a map [N, D, h, w] as tokens [N, 1, 1 + h·w, D]: a class token before them, and to each the embedding
 * of its position. Tokens keep the rank of maps, so that they are kept and cut as maps are.
 */
export class Tokens extends Module {
  clsToken: Tensor;
  posEmbed: Tensor;

  constructor(
    readonly features: number,
    readonly places: number,
  ) {
    super();
    this.clsToken = init.normal_(zeros([1, 1, features], { requiresGrad: true }), 0, 1e-6);
    this.posEmbed = init.normal_(zeros([1, 1 + places, features], { requiresGrad: true }), 0, 0.02);
  }

  override ownParameters(): [string, Tensor][] {
    return [
      ["cls_token", this.clsToken],
      ["pos_embed", this.posEmbed],
    ];
  }

  override forward(map: Tensor): Tensor {
    const [images, features, height, width] = map.shape as [number, number, number, number];
    if (height * width !== this.places) {
      throw new Error(
        `VisionTransformer: a map ${shapeText(map.shape)} of ${height * width} patches, but there are position embeddings ` +
          `for ${this.places}: build it with the inputSize of these images`,
      );
    }
    const patches = reshape(permute(map, [0, 2, 3, 1]), [images, this.places, features]);
    const tokens = concat([expand(this.clsToken, [images, 1, features]), patches], 1);
    return reshape(add(tokens, this.posEmbed), [images, 1, 1 + this.places, features]);
  }
}

/** The class token of [N, 1, L, D] as a map [N, D, 1, 1]. */
export class ClassToken extends Module {
  override forward(tokens: Tensor): Tensor {
    const features = tokens.shape.at(-1)!;
    return reshape(narrow(tokens, 2, 0, 1), [-1, features, 1, 1]);
  }
}

/** All but the class token of [N, 1, 1 + side², D], as a map [N, D, side, side]. */
export function patchMap(tokens: Tensor, side: number): Tensor {
  const [images, , , features] = tokens.shape as [number, number, number, number];
  const patches = reshape(narrow(tokens, 2, 1, side * side), [images, side, side, features]);
  return permute(patches, [0, 3, 1, 2]);
}

class Attention extends Module {
  readonly qkv: Linear;
  readonly proj: Linear;
  readonly #heads: number;

  constructor(features: number, heads: number) {
    super();
    this.#heads = heads;
    this.qkv = linear(features, 3 * features);
    this.proj = linear(features, features);
  }

  override forward(tokens: Tensor): Tensor {
    const [query, key, value] = chunk(this.qkv.forward(tokens), 3, -1);
    return this.proj.forward(multiHeadAttention([query!, key!, value!], this.#heads));
  }
}

class Mlp extends Module {
  readonly fc1: Linear;
  readonly act = new GELU();
  readonly fc2: Linear;

  constructor(features: number, hidden: number) {
    super();
    this.fc1 = linear(features, hidden);
    this.fc2 = linear(hidden, features);
  }

  override forward(tokens: Tensor): Tensor {
    return runChain([this.fc1, this.act, this.fc2], tokens);
  }
}

export interface TransformerBlockShape {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly mlpRatio: number;
}

/** Attention between the tokens, then two linear layers for each; both after a normalisation, and added to their input. */
export class TransformerBlock extends Module {
  readonly norm1: LayerNorm;
  readonly attn: Attention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  readonly dropPath: StochasticDepth;

  /** @param dropped how often each of the two is left out in training. */
  constructor({ embedDim, numHeads, mlpRatio }: TransformerBlockShape, dropped: number) {
    super();
    this.norm1 = layerNorm(embedDim);
    this.attn = new Attention(embedDim, numHeads);
    this.norm2 = layerNorm(embedDim);
    this.mlp = new Mlp(embedDim, Math.floor(mlpRatio * embedDim));
    this.dropPath = new StochasticDepth(dropped);
  }

  override forward(tokens: Tensor): Tensor {
    const seen = this.#added(tokens, [this.norm1, this.attn]);
    const out = this.#added(seen, [this.norm2, this.mlp]);
    seen.dispose();
    return out;
  }

  #added(tokens: Tensor, branch: readonly Module[]): Tensor {
    const result = runChain(branch, tokens);
    const kept = this.dropPath.forward(result);
    const out = add(tokens, kept);
    for (const used of new Set([result, kept])) used.dispose();
    return out;
  }
}
