import meanSource from "../../../shaders/loss/weighted_mean.wgsl";
import sumSource from "../../../shaders/optim/sum_pairs.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

const SLICE = 4096;

/**
 * Σ values / Σ shares (or only Σ values) of f32 pairs [n, 2]; both results have shape [].
 * Without any share the mean is NaN, as PyTorch's.
 */
export function weightedMean(
  pairs: NDArray,
  reduction: "mean" | "sum",
): { out: NDArray; denominator: NDArray } {
  const rest = pairs.shape[0] > SLICE ? sumSlices(pairs) : pairs;
  const out = allocate([]);
  const denominator = allocate([]);
  const kernel = specialize(meanSource, { MEAN: reduction === "mean" });
  launch(kernel, { pairs: rest, out, denominator }, { n: rest.shape[0] }, [1, 1, 1]);
  return { out, denominator };
}

function sumSlices(pairs: NDArray): NDArray {
  const n = pairs.shape[0];
  const count = Math.ceil(n / SLICE);
  const sums = allocate([count, 2]);
  launch(specialize(sumSource, { SLICE }), { pairs, sums }, { n }, linearGrid(count, 1));
  return sums;
}
