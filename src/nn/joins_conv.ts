import type { Tensor } from "../autograd/index.ts";
import type { Conv2d } from "./conv.ts";

/** A layer that may run as one with the convolution before it: chains ask it, and needn't know its class. */
export interface JoinsConv {
  /** activation(this(conv(input))) in one kernel; null where that can't be. */
  forwardWithConv(conv: Conv2d, input: Tensor, activation: "none" | "relu"): Tensor | null;
}
