import { dropout, mul, ones, type Tensor } from "../autograd/index.ts";
import { Module } from "./module.ts";

/**
 * Leaves out what a block adds to its input: while training, with probability `p`, for each example of the batch by
 * itself ("row") or for all together ("batch"); what stays is multiplied by 1/(1 − p) (Huang et al. 2016,
 * https://arxiv.org/abs/1603.09382). torchvision's `ops.StochasticDepth`. Seeded by `manualSeed`.
 *
 * A frozen one (`transfer.freeze`, `requiresGrad_(false)`) leaves out nothing: what isn't trained needs no noise.
 *
 * @throws RangeError when p is not in 0..1.
 */
export class StochasticDepth extends Module {
  frozen = false;

  constructor(
    readonly p: number,
    readonly mode: "row" | "batch" = "row",
  ) {
    super();
    if (!(p >= 0 && p <= 1)) throw new RangeError(`StochasticDepth: p must be in 0..1, not ${p}`);
    if (mode !== "row" && mode !== "batch") {
      throw new Error(`StochasticDepth: mode must be "row" or "batch", not "${mode}"`);
    }
  }

  override onFreeze(frozen: boolean): void {
    this.frozen = frozen;
  }

  override forward(input: Tensor): Tensor {
    if (!this.training || this.frozen || this.p === 0) return input;
    const shape = input.shape.map((n, dim) => (dim === 0 && this.mode === "row" ? n : 1));
    return mul(input, dropout(ones(shape, { dtype: input.dtype }), this.p));
  }
}
