import { add, full, mul, permute, type Tensor } from "../autograd/index.ts";
import {
  Conv2d,
  GELU,
  LayerNorm,
  Linear,
  Module,
  Sequential,
  StochasticDepth,
} from "../nn/index.ts";
import { convTensors, layerNormTensors, linearTensors } from "./layer_tensors.ts";
import { smallWeights } from "./small_weights.ts";
import type { NamedShape } from "./spec.ts";

/** What a block's result is multiplied by at first. */
const LAYER_SCALE = 1e-6;

/** Over the channels of maps. */
export const channelNorm = (channels: number) => new LayerNorm(channels, { eps: 1e-6, dim: 1 });

class Permute extends Module {
  constructor(readonly dims: readonly number[]) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return permute(input, this.dims);
  }
}

/**
 * Filters each channel by 7×7, then mixes the channels of each place by two linear layers, four times as wide in
 * between; scaled channel by channel and added to the input. torchvision's names, in which layers without weights count.
 */
export class ConvNeXtBlock extends Module {
  readonly block: Sequential;
  layerScale: Tensor;
  readonly stochasticDepth: StochasticDepth;

  /** @param dropped how often the block is left out in training. */
  constructor(channels: number, dropped: number) {
    super();
    this.block = new Sequential(
      smallWeights(new Conv2d(channels, channels, 7, { padding: 3, groups: channels })),
      new Permute([0, 2, 3, 1]),
      new LayerNorm(channels, { eps: 1e-6 }),
      smallWeights(new Linear(channels, 4 * channels)),
      new GELU(),
      smallWeights(new Linear(4 * channels, channels)),
      new Permute([0, 3, 1, 2]),
    );
    this.layerScale = full([channels, 1, 1], LAYER_SCALE, { requiresGrad: true });
    this.stochasticDepth = new StochasticDepth(dropped);
  }

  override ownParameters(): [string, Tensor][] {
    return [["layer_scale", this.layerScale]];
  }

  override forward(x: Tensor): Tensor {
    const mixed = this.block.forward(x);
    const scaled = mul(mixed, this.layerScale);
    const kept = this.stochasticDepth.forward(scaled);
    const out = add(kept, x);
    for (const used of new Set([mixed, scaled, kept])) used.dispose();
    return out;
  }
}

/** Names and shapes of a block's tensors. */
export function convNeXtBlockTensors(name: string, channels: number): NamedShape[] {
  return [
    [`${name}.layer_scale`, [channels, 1, 1]],
    ...convTensors(`${name}.block.0`, [channels, 1, 7, 7]),
    ...layerNormTensors(`${name}.block.2`, channels),
    ...linearTensors(`${name}.block.3`, channels, 4 * channels),
    ...linearTensors(`${name}.block.5`, 4 * channels, channels),
  ];
}
