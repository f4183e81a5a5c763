import { mul, type Tensor } from "../autograd/index.ts";
import { AdaptiveAvgPool2d, Conv2d, init, Module, runChain } from "../nn/index.ts";

/**
 * Weighs channels by what the whole map holds (Hu et al. 2017, https://arxiv.org/abs/1709.01507), with torchvision's
 * names: the mean of each channel, 1×1 down (fc1), 1×1 up (fc2), and the map times the result.
 */
export class SqueezeExcitation extends Module {
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly fc1: Conv2d;
  readonly fc2: Conv2d;

  /** @param scaleActivation gives the weights, so normally 0..1. */
  constructor(
    channels: number,
    squeezed: number,
    readonly activation: Module,
    readonly scaleActivation: Module,
  ) {
    super();
    this.fc1 = new Conv2d(channels, squeezed, 1);
    this.fc2 = new Conv2d(squeezed, channels, 1);
    for (const { weight, bias } of [this.fc1, this.fc2]) {
      init.kaimingNormal_(weight, { mode: "fanOut" });
      init.zeros_(bias!);
    }
  }

  override forward(x: Tensor): Tensor {
    const { avgpool, fc1, activation, fc2, scaleActivation } = this;
    const scale = runChain([avgpool, fc1, activation, fc2, scaleActivation], x);
    const out = mul(x, scale);
    scale.dispose();
    return out;
  }
}
