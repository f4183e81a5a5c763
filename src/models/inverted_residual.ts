import { add, type Tensor } from "../autograd/index.ts";
import { Module, Sequential, StochasticDepth } from "../nn/index.ts";
import { convNormActivation } from "./conv_norm_activation.ts";
import { convNormTensors, convTensors } from "./layer_tensors.ts";
import type { NamedShape } from "./spec.ts";
import { SqueezeExcitation } from "./squeeze_excitation.ts";

/** Channels and strides of a block of MobileNet v3 or EfficientNet. */
export interface InvertedResidualShape {
  readonly inputs: number;
  readonly expanded: number;
  readonly outputs: number;
  readonly kernelSize: number;
  readonly stride: number;
  /** Width of its squeeze-and-excitation; 0: it has none. */
  readonly squeezed: number;
}

/** What the blocks of a network have in common. */
export interface InvertedResidualStyle {
  readonly norm?: (channels: number) => Module;
  readonly activation: () => Module;
  /** The same within the squeeze-and-excitation. */
  readonly squeezeActivation: () => Module;
  readonly scaleActivation: () => Module;
}

/**
 * Expands by 1×1 (where it does), filters each channel by itself, weighs the channels, and projects by 1×1 without
 * activation; added to the input where shapes allow. Its layers are called `block`, as in torchvision.
 */
export class InvertedResidual extends Module {
  readonly block: Sequential;
  readonly stochasticDepth: StochasticDepth;
  readonly #addsInput: boolean;

  /** @param dropped how often the block is left out in training. */
  constructor(shape: InvertedResidualShape, style: InvertedResidualStyle, dropped = 0) {
    super();
    const { inputs, expanded, outputs, kernelSize, stride, squeezed } = shape;
    const { norm, activation, squeezeActivation, scaleActivation } = style;
    this.#addsInput = stride === 1 && inputs === outputs;
    this.stochasticDepth = new StochasticDepth(dropped);
    const layers: Module[] = [];
    if (expanded !== inputs) {
      layers.push(convNormActivation(inputs, expanded, { norm, activation }));
    }
    const depthwise = { kernelSize, stride, groups: expanded, norm, activation };
    layers.push(convNormActivation(expanded, expanded, depthwise));
    if (squeezed > 0) {
      layers.push(
        new SqueezeExcitation(expanded, squeezed, squeezeActivation(), scaleActivation()),
      );
    }
    layers.push(convNormActivation(expanded, outputs, { norm }));
    this.block = new Sequential(...layers);
  }

  override forward(x: Tensor): Tensor {
    const residual = this.block.forward(x);
    if (!this.#addsInput) return residual;
    const kept = this.stochasticDepth.forward(residual);
    const out = add(kept, x);
    for (const used of new Set([residual, kept])) used.dispose();
    return out;
  }
}

/** Names and shapes of a block's tensors. */
export function invertedResidualTensors(name: string, shape: InvertedResidualShape): NamedShape[] {
  const { inputs, expanded, outputs, kernelSize, squeezed } = shape;
  const tensors: NamedShape[] = [];
  let at = 0;
  const layer = () => `${name}.block.${at++}`;
  if (expanded !== inputs) tensors.push(...convNormTensors(layer(), [expanded, inputs, 1, 1]));
  tensors.push(...convNormTensors(layer(), [expanded, 1, kernelSize, kernelSize]));
  if (squeezed > 0) {
    const squeeze = layer();
    tensors.push(...convTensors(`${squeeze}.fc1`, [squeezed, expanded, 1, 1]));
    tensors.push(...convTensors(`${squeeze}.fc2`, [expanded, squeezed, 1, 1]));
  }
  tensors.push(...convNormTensors(layer(), [outputs, expanded, 1, 1]));
  return tensors;
}
