import { tensor } from "../../src/autograd/index.ts";
import { gather, indexSelect } from "../../src/autograd/ops/layout/gather.ts";
import { mistyped } from "../mistyped.ts";
import { unravel } from "./compare.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";
import { rearrangeRef, valueAt } from "./reference/rearrange.ts";

function gathered(
  shape: number[],
  dim: number,
  count: number,
  dtype: "i32" | "u32" = "i32",
): Sample {
  const indexShape = shape.with(dim, count);
  const scale = (value: number) => Math.floor(((value + 1) / 2) * shape[dim]! * 0.999);
  return {
    label: `gather [${shape}] along ${dim} at ${dtype} [${indexShape}]`,
    inputs: [{ shape }, { shape: indexShape, dtype, map: scale }],
    run: (x, indices) => gather(x, dim, indices),
    reference: (x: Ref, indices: Ref) =>
      generate(indexShape, (i) => valueAt(x, unravel(i, indexShape).with(dim, indices.data[i]!))),
  };
}

function selected(shape: number[], dim: number, indices: number[]): Sample {
  const along = dim < 0 ? dim + shape.length : dim;
  return {
    label: `indexSelect [${indices}] along ${dim} of [${shape}]`,
    inputs: [{ shape }],
    run: (x) => indexSelect(x, dim, indices),
    reference: (x) =>
      rearrangeRef(x, shape.with(along, indices.length), (position) =>
        position.with(along, indices[position[along]!]!),
      ),
  };
}

const list = (...values: number[]) => tensor(Int32Array.from(values));

export const info: OpInfo = {
  ops: ["gather"],
  samples: [
    gathered([7], 0, 9),
    gathered([5, 1], 0, 1),
    gathered([3, 5], 1, 1, "u32"),
    gathered([2, 3, 4], 1, 5),
    gathered([65, 3], 0, 2),
    // Enough indices for lists of places: spread, crowded on few elements, and on one.
    gathered([40, 3], 0, 50),
    gathered([2, 3, 5], 1, 70, "u32"),
    selected(
      [50, 3],
      0,
      Array.from({ length: 60 }, (_, i) => (i * 37) % 50),
    ),
    selected(
      [2, 3, 4],
      1,
      Array.from({ length: 90 }, (_, i) => (i * i) % 3),
    ),
    selected([9, 2], 0, new Array(100).fill(4)),
    selected([5, 3], 0, [4, 0, 0, 2]),
    selected([5, 3], 1, [2]),
    selected([2, 3, 4], -2, [1, 1, 1, 1, 0]),
    selected([6], 0, [5, 0, 5]),
    {
      label: "indexSelect with a tensor of u32",
      inputs: [{ shape: [4, 3] }, { shape: [2], values: [3, 1], dtype: "u32" }],
      run: (x, indices) => indexSelect(x, 0, indices),
      reference: (x, indices) =>
        rearrangeRef(x, [2, 3], ([row, column]) => [indices.data[row!]!, column!]),
    },
    {
      label: "an index out of range gives NaN",
      inputs: [
        { shape: [3, 2], grad: false },
        { shape: [3], values: [2, 3, -1], dtype: "i32" },
      ],
      run: (x, indices) => indexSelect(x, 0, indices),
      reference: (x) =>
        rearrangeRef(x, [3, 2], ([row, column]) => (row === 0 ? [2, column!] : null), Number.NaN),
    },
  ],
  errors: [
    {
      label: "indices of another shape",
      run: () => gather(tensor([[1, 2]]), 1, tensor(new Int32Array(4), { shape: [2, 2] })),
      error: /gather: indices of shape \[2, 2\] don't fit input \[1, 2\]/,
    },
    {
      label: "indices of another rank",
      run: () => gather(tensor([[1, 2]]), 1, list(0)),
      error: /gather: indices of shape \[1\] don't fit input \[1, 2\]/,
    },
    {
      label: "fractional indices",
      run: () => gather(tensor([1, 2]), 0, tensor([0])),
      error: /gather: indices have dtype f32; they must be i32 or u32/,
    },
    {
      label: "a listed index out of range",
      run: () => indexSelect(tensor([1, 2]), 0, [0, 2]),
      error: /indexSelect: index 2 at position 1 is not in 0..1/,
    },
    {
      label: "indices of rank 2",
      run: () => indexSelect(tensor([1, 2]), 0, tensor(new Int32Array(1), { shape: [1, 1] })),
      error: /indexSelect: input \[2\] needs a dimension, and indices \[1, 1\] exactly one/,
    },
    {
      label: "a list of anything",
      run: () => indexSelect(tensor([1, 2]), 0, mistyped(["a"])),
      error: /indexSelect: index a at position 0/,
    },
  ],
};
