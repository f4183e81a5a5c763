import { zeros } from "../../src/autograd/index.ts";
import { cumsum } from "../../src/autograd/ops/reduce/cumsum.ts";
import { unravel } from "./compare.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";
import { valueAt } from "./reference/rearrange.ts";

function cumsumRef(x: Ref, dim: number): Ref {
  const data = new Float64Array(x.data.length);
  const stride = x.shape.slice(dim + 1).reduce((all, n) => all * n, 1);
  generate(x.shape, (i) => {
    const at = unravel(i, x.shape);
    data[i] = valueAt(x, at) + (at[dim]! > 0 ? data[i - stride]! : 0);
    return 0;
  });
  return { shape: x.shape, data };
}

function summed(shape: number[], dim: number, more: Partial<Sample> = {}): Sample {
  return {
    label: `cumsum [${shape}] along ${dim}`,
    inputs: [{ shape }],
    run: (x) => cumsum(x, dim),
    reference: (x) => cumsumRef(x, (dim + shape.length) % shape.length),
    ...more,
  };
}

export const info: OpInfo = {
  ops: ["cumsum"],
  gpuKernels: true,
  samples: [
    summed([7], 0),
    summed([3, 1, 5], 1),
    summed([2, 3, 4], -1),
    summed([5, 40, 33], 1),
    summed([70, 65], 1),
    summed([3, 300], 1),
    summed([2, 1100], 1),
    summed([2, 1500, 3], 1),
    summed([70_001], 0, { inputs: [{ shape: [70_001], grad: false }] }),
    {
      label: "cumsum of a scalar",
      inputs: [{ shape: [] }],
      run: (x) => cumsum(x, 0),
      reference: (x) => x,
    },
    {
      label: "cumsum of i32 is exact",
      inputs: [{ shape: [3], values: [16777217, 1, -3], dtype: "i32" }],
      run: (x) => cumsum(x, 0),
      reference: (x) => cumsumRef(x, 0),
    },
    {
      label: "cumsum of f16",
      inputs: [{ shape: [2, 70], dtype: "f16" }],
      run: (x) => cumsum(x, 1),
      reference: (x) => cumsumRef(x, 1),
      tolerance: 1e-3,
    },
  ],
  errors: [
    {
      label: "a dimension out of range",
      run: () => cumsum(zeros([2, 3]), 2),
      error: /cumsum: dim 2 is out of range for shape \[2, 3\]/,
    },
  ],
};
