import { type Tensor, tensor, zeros } from "../../src/autograd/index.ts";
import { chunk, split } from "../../src/autograd/ops/layout/split.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { rearrangeRef } from "./reference/rearrange.ts";

/** One piece of several, and where it starts. */
function piece(
  label: string,
  shape: number[],
  cut: (x: Tensor) => Tensor[],
  [which, dim, start, length]: readonly [number, number, number, number],
): Sample {
  return {
    label,
    inputs: [{ shape }],
    run: (x) => cut(x)[which]!,
    reference: (x) =>
      rearrangeRef(x, shape.with(dim, length), (at) => at.with(dim, at[dim]! + start)),
  };
}

export const info: OpInfo = {
  ops: [],
  samples: [
    piece("split in twos, the first", [5, 3], (x) => split(x, 2), [0, 0, 0, 2]),
    piece("split in twos, the rest", [5, 3], (x) => split(x, 2), [2, 0, 4, 1]),
    piece("split by sizes", [2, 7], (x) => split(x, [1, 4, 2], -1), [1, 1, 1, 4]),
    piece("chunk, the last", [2, 7, 2], (x) => chunk(x, 3, 1), [2, 1, 6, 1]),
    piece("chunk in more than there are", [2, 3], (x) => chunk(x, 5, 1), [2, 1, 2, 1]),
  ],
  errors: [
    {
      label: "sizes that don't add up",
      run: () => split(zeros([5, 3]), [2, 2]),
      error:
        /split: sizes \[2, 2\] must be whole numbers from 1 that add up to the 5 entries of dim 0/,
    },
    { label: "no size", run: () => split(zeros([5]), 0), error: /split: size is 0; it must be/ },
    { label: "half a size", run: () => split(zeros([5]), 1.5), error: /split: size is 1.5/ },
    { label: "no chunks", run: () => chunk(zeros([5]), 0), error: /chunk: chunks is 0/ },
    {
      label: "to cut a scalar",
      run: () => chunk(tensor(1), 1),
      error: /chunk: a scalar has no dimension to cut/,
    },
  ],
};
