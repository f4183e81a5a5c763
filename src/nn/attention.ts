import {
  type AttentionOptions,
  chunk,
  linear,
  permute,
  reshape,
  scaledDotProductAttention,
  type Tensor,
  transpose,
  zeros,
} from "../autograd/index.ts";
import { checkOptions, shapeText } from "../base/index.ts";
import { xavierUniform_, zeros_ } from "./init.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";

/**
 * Attention in several heads, each of which sees its own part of the features: query [..., L, E], key and value [..., S, E] →
 * [..., L, E].
 */
export function multiHeadAttention(
  [query, key, value]: readonly [query: Tensor, key: Tensor, value: Tensor],
  heads: number,
  options?: AttentionOptions,
): Tensor {
  const split = (x: Tensor) => {
    const [length, features] = x.shape.slice(-2) as [number, number];
    return permute(reshape(x, [-1, length, heads, features / heads]), [0, 2, 1, 3]);
  };
  const attended = scaledDotProductAttention(split(query), split(key), split(value), options);
  return reshape(permute(attended, [0, 2, 1, 3]), query.shape);
}

export interface MultiheadAttentionConfig {
  /** Of the weights, while training. Default 0. */
  dropout?: number;
  bias?: boolean;
  /** [N, L, E] instead of PyTorch's default [L, N, E]. Default false. */
  batchFirst?: boolean;
}

/**
 * Multi-head attention (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762) with PyTorch's names: in_proj_weight [3·E, E],
 * in_proj_bias, out_proj. Gives the output alone, as `need_weights=False` does; for masks there is
 * `F.scaledDotProductAttention`.
 *
 * @example new nn.MultiheadAttention(64, 4, { batchFirst: true }).forward(tokens) // self-attention over [N, L, 64]
 */
export class MultiheadAttention extends Module {
  inProjWeight: Tensor;
  inProjBias: Tensor | null;
  outProj: Module;
  readonly dropout: number;
  readonly batchFirst: boolean;

  /** @throws Error where `embedDim` can't be divided by `numHeads`. */
  constructor(
    readonly embedDim: number,
    readonly numHeads: number,
    config: MultiheadAttentionConfig = {},
  ) {
    super();
    checkOptions("MultiheadAttention", config, ["dropout", "bias", "batchFirst"]);
    const { dropout = 0, bias = true, batchFirst = false } = config;
    if (embedDim % numHeads !== 0) {
      throw new Error(
        `MultiheadAttention: ${embedDim} features can't be divided into ${numHeads} heads`,
      );
    }
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.inProjWeight = xavierUniform_(zeros([3 * embedDim, embedDim], { requiresGrad: true }));
    this.inProjBias = bias ? zeros([3 * embedDim], { requiresGrad: true }) : null;
    const outProj = new Linear(embedDim, embedDim, { bias });
    if (outProj.bias) zeros_(outProj.bias);
    this.outProj = outProj;
  }

  override ownParameters(): [string, Tensor][] {
    const bias: [string, Tensor][] = this.inProjBias ? [["in_proj_bias", this.inProjBias]] : [];
    return [["in_proj_weight", this.inProjWeight], ...bias];
  }

  override namedChildren(): [string, Module][] {
    return [["out_proj", this.outProj]];
  }

  override setChild(_: string, module: Module): void {
    this.outProj = module;
  }

  /**
   * @param query [L, N, E], or [N, L, E] with `batchFirst`; key and value [S, N, E] or [N, S, E]. The query is its own key,
   *   and the key its own value, unless given.
   * @throws Error for inputs of other ranks or widths.
   */
  override forward(query: Tensor, key: Tensor = query, value: Tensor = key): Tensor {
    for (const given of [query, key, value]) {
      if (given.ndim === 3 && given.shape[2] === this.embedDim) continue;
      const order = this.batchFirst ? "N, L" : "L, N";
      throw new Error(
        `MultiheadAttention: an input has shape ${shapeText(given.shape)}; [${order}, ${this.embedDim}] is expected`,
      );
    }
    const projected = this.#project(query, key, value);
    const dropoutP = this.training ? this.dropout : 0;
    const attended = multiHeadAttention(projected, this.numHeads, { dropoutP });
    const out = this.outProj.forward(attended) as Tensor;
    return this.batchFirst ? out : transpose(out, 0, 1);
  }

  #project(query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor, Tensor] {
    const ordered = (x: Tensor) => (this.batchFirst ? x : transpose(x, 0, 1));
    const { inProjWeight: weight, inProjBias: bias } = this;
    if (query === key && key === value) {
      return chunk(linear(ordered(query), weight, bias), 3, 2) as [Tensor, Tensor, Tensor];
    }
    const weights = chunk(weight, 3);
    const biases = bias ? chunk(bias, 3) : [];
    const parts = [query, key, value].map((x, i) => linear(ordered(x), weights[i]!, biases[i]));
    return parts as [Tensor, Tensor, Tensor];
  }
}
