import { tensor } from "../../src/autograd/index.ts";
import { permute, transpose } from "../../src/autograd/ops/layout/permute.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";
import { rearrangeRef } from "./reference/rearrange.ts";

function permuted(shape: number[], order: number[], dtype: "f32" | "f16" | "i32" = "f32"): Sample {
  return {
    label: `permute [${shape}] by [${order}]${dtype === "f32" ? "" : ` of ${dtype}`}`,
    inputs: [{ shape, dtype, map: dtype === "i32" ? (_, i) => i : undefined }],
    run: (x) => permute(x, order),
    reference: (x) =>
      rearrangeRef(
        x,
        order.map((d) => shape[d]!),
        (position) => shape.map((_, d) => position[order.indexOf(d)]!),
      ),
  };
}

export const info: OpInfo = {
  ops: ["permute"],
  gpuKernels: true,
  samples: [
    permuted([], []),
    permuted([5], [0]),
    permuted([3, 4], [0, 1]),
    permuted([3, 4], [1, 0]),
    permuted([1, 7], [1, 0]),
    permuted([33, 65], [1, 0]),
    permuted([32, 32], [1, 0]),
    permuted([2, 17, 40], [0, 2, 1]),
    permuted([17, 3, 40], [2, 1, 0]),
    permuted([2, 3, 4, 5], [0, 2, 3, 1]),
    permuted([2, 9, 10, 11], [0, 3, 1, 2]),
    permuted([12, 3, 10, 11], [2, 3, 1, 0]),
    permuted([2, 3, 2, 9, 2, 10], [5, 0, 2, 1, 4, 3]),
    permuted([2, 2, 3, 2, 2, 2], [0, 1, 3, 2, 5, 4]),
    permuted([9, 33], [1, 0], "f16"),
    permuted([9, 33], [1, 0], "i32"),
    {
      label: "permute over 65,535 tiles",
      inputs: [{ shape: [66_000, 8, 8], grad: false }],
      run: (x) => permute(x, [0, 2, 1]),
      reference: ({ data }) =>
        generate(
          [66_000, 8, 8],
          (i) => data[64 * Math.floor(i / 64) + 8 * (i % 8) + ((i >> 3) & 7)]!,
        ),
    },
    {
      label: "transpose of negative dimensions",
      inputs: [{ shape: [2, 3, 4] }],
      run: (x) => transpose(x, -1, 0),
      reference: (x) => rearrangeRef(x, [4, 3, 2], ([a, b, c]) => [c!, b!, a!]),
    },
  ],
  errors: [
    {
      label: "a dimension twice",
      run: () => permute(tensor([[1, 2]]), [0, 0]),
      error: /permute: dims \[0, 0\] must name each dimension of \[1, 2\] once/,
    },
    {
      label: "too few dimensions",
      run: () => permute(tensor([[1, 2]]), [0]),
      error: /permute: dims \[0\] must name each dimension/,
    },
    {
      label: "a dimension out of range",
      run: () => transpose(tensor([[1, 2]]), 0, 2),
      error: /transpose: dim 2 is out of range/,
    },
  ],
};
