import source from "../../../shaders/norm/fold_batch_norm.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/** A convolution's and the following batch normalisation's tensors; [outChannels] but for the weight. */
export interface FoldInputs {
  weight: NDArray;
  bias: NDArray | null;
  gamma: NDArray | null;
  beta: NDArray | null;
  mean: NDArray;
  variance: NDArray;
}

/** Weight and bias of the one convolution that does both. */
export function foldBatchNorm(
  inputs: FoldInputs,
  eps: number,
): { folded: NDArray; shift: NDArray } {
  const { weight, bias, gamma, beta, mean, variance } = inputs;
  const folded = allocate(weight.shape);
  const shift = allocate(mean.shape);
  const kernel = specialize(source, {
    GAMMA: gamma !== null,
    BETA: beta !== null,
    BIAS: bias !== null,
  });
  const tensors = { weight, mean, variance, folded, shift };
  launch(
    kernel,
    { ...tensors, bias: bias ?? mean, gamma: gamma ?? mean, beta: beta ?? mean },
    { n: weight.size, per_channel: weight.size / mean.size, eps },
    linearGrid(weight.size),
  );
  return { folded, shift };
}
