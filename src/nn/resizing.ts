import {
  channelShuffle,
  checkInterpolation,
  type InterpolateOptions,
  interpolate,
  pixelShuffle,
  pixelUnshuffle,
  type Tensor,
} from "../autograd/index.ts";
import { Module } from "./module.ts";

/** Maps up- or downsampled to a size or by a scale; see `F.interpolate`. */
export class Upsample extends Module {
  constructor(readonly options: InterpolateOptions) {
    super();
    checkInterpolation("Upsample", options);
  }

  override forward(input: Tensor): Tensor {
    return interpolate(input, this.options);
  }
}

/** Channels as pixels: [N, C · factor², H, W] → [N, C, H · factor, W · factor]. */
export class PixelShuffle extends Module {
  constructor(readonly upscaleFactor: number) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return pixelShuffle(input, this.upscaleFactor);
  }
}

/** Pixels as channels: [N, C, H · factor, W · factor] → [N, C · factor², H, W]. */
export class PixelUnshuffle extends Module {
  constructor(readonly downscaleFactor: number) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return pixelUnshuffle(input, this.downscaleFactor);
  }
}

/** The channels, one of each group in turn. */
export class ChannelShuffle extends Module {
  constructor(readonly groups: number) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return channelShuffle(input, this.groups);
  }
}
