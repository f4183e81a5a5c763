import type { ConvVariant } from "../conv_variant.ts";
import { isDepthwise, macsOf } from "../shape.ts";
import { forward, implicitProductSource, inputGradient } from "./product.ts";
import { implicitWeightGradientSource, weightGradient } from "./weight_gradient.ts";

/** Rows of a block, all but one of which stay empty where each group has one channel. */
const ROWS = 64;

/**
 * A product of which nothing is gathered to memory: any kernel, stride, padding, dilation and number of groups, in
 * all passes. For GPUs, whose workgroups share memory at little cost.
 */
export const implicit: ConvVariant = {
  name: "implicit",
  sources: [implicitProductSource, implicitWeightGradientSource],
  covers: (_, { cheapBarriers }) => cheapBarriers,
  cost: ({ shape }) => macsOf(shape) * (isDepthwise(shape) ? ROWS : 1),
  forward,
  inputGradient,
  weightGradient,
};
