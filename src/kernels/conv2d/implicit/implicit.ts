import type { Convolution, ConvVariant } from "../conv_variant.ts";
import { isDepthwise } from "../depthwise.ts";
import { forward, implicitProductSource, inputGradient } from "./product.ts";
import { weightByTapSource } from "./weight_by_tap.ts";
import { implicitWeightGradientSource, weightGradient } from "./weight_gradient.ts";

/** Multiply-adds of a pass. */
function cost({ shape }: Convolution): number {
  const { batch, outChannels, outHeight, outWidth, channels, groups, window } = shape;
  const [kh, kw] = window.kernel;
  return batch * outChannels * outHeight * outWidth * (channels / groups) * kh * kw;
}

/**
 * A product of which nothing is gathered to memory: any kernel, stride, padding, dilation and number of groups, in
 * all passes. For GPUs, whose workgroups share memory at little cost.
 */
export const implicit: ConvVariant = {
  name: "implicit",
  sources: [implicitProductSource, weightByTapSource, implicitWeightGradientSource],
  covers: ({ shape }, { cheapBarriers }) => cheapBarriers && !isDepthwise(shape),
  cost,
  forward,
  inputGradient,
  weightGradient,
};
