import { dropout, flatten, type Tensor } from "../autograd/index.ts";
import { Module } from "./module.ts";

/** Joins the dimensions from `startDim` to `endDim`: [N, C, H, W] → [N, C·H·W]. */
export class Flatten extends Module {
  constructor(
    readonly startDim = 1,
    readonly endDim = -1,
  ) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return flatten(input, this.startDim, this.endDim);
  }
}

/** Passes its input on: the place of a removed layer. */
export class Identity extends Module {
  override forward(input: Tensor): Tensor {
    return input;
  }
}

/** Zeroes elements with probability p while training and scales the rest by 1/(1 − p). */
export class Dropout extends Module {
  constructor(readonly p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new Error(`Dropout: p must be in 0..1, not ${p}`);
  }

  override forward(input: Tensor): Tensor {
    return this.training && this.p > 0 ? dropout(input, this.p, true) : input;
  }
}
