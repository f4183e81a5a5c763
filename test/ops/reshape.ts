import { type Tensor, tensor } from "../../src/autograd/index.ts";
import { flatten, reshape, squeeze, unsqueeze } from "../../src/autograd/ops/layout/reshape.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample } from "./op_info.ts";

function reshaped(label: string, from: number[], to: number[], run: (x: Tensor) => Tensor): Sample {
  return { label, inputs: [{ shape: from }], run, reference: ({ data }) => ({ shape: to, data }) };
}

export const info: OpInfo = {
  ops: ["reshape"],
  samples: [
    reshaped("reshape", [2, 6], [3, 4], (x) => reshape(x, [3, 4])),
    reshaped("reshape with -1", [2, 6], [4, 3], (x) => reshape(x, [-1, 3])),
    reshaped("reshape to a scalar", [1, 1], [], (x) => reshape(x, [])),
    reshaped("reshape of a scalar", [], [1, 1], (x) => reshape(x, [1, -1])),
    reshaped("flatten", [2, 3, 4], [24], (x) => flatten(x)),
    reshaped("flatten from 1", [2, 3, 4], [2, 12], (x) => flatten(x, 1)),
    reshaped("flatten 0 to 1", [2, 3, 4], [6, 4], (x) => flatten(x, 0, 1)),
    reshaped("flatten of a scalar", [], [1], (x) => flatten(x)),
    reshaped("squeeze", [1, 3, 1, 2], [3, 2], (x) => squeeze(x)),
    reshaped("squeeze of one dimension", [1, 3, 1, 2], [1, 3, 2], (x) => squeeze(x, -2)),
    reshaped("squeeze of two dimensions", [1, 3, 1, 2, 1], [3, 1, 2], (x) => squeeze(x, [0, -1])),
    reshaped("squeeze of a scalar", [], [], (x) => squeeze(x)),
    reshaped("squeeze of a dimension that isn't 1", [1, 3], [1, 3], (x) => squeeze(x, 1)),
    reshaped("unsqueeze", [3, 2], [3, 1, 2], (x) => unsqueeze(x, 1)),
    reshaped("unsqueeze at the end", [3, 2], [3, 2, 1], (x) => unsqueeze(x, -1)),
  ],
  errors: [
    {
      label: "a size that doesn't fit",
      run: () => reshape(tensor([1, 2, 3]), [2, 2]),
      error: /reshape: \[3\] has 3 elements, which don't fit \[2, 2\]/,
    },
    {
      label: "-1 where the rest doesn't divide",
      run: () => reshape(tensor([1, 2, 3]), [2, -1]),
      error: /reshape: \[3\] has 3 elements, which don't fit \[2, -1\]/,
    },
    {
      label: "two unknown sizes",
      run: () => reshape(tensor([1, 2, 3]), [-1, -1]),
      error: /only one size may be -1/,
    },
    {
      label: "sizes that aren't in a list",
      run: () => reshape(tensor([1, 2, 3]), mistyped(3)),
      error: /reshape: the shape must be a list/,
    },
    {
      label: "a zero",
      run: () => reshape(tensor([1, 2, 3]), [0, -1]),
      error: /reshape: \[3\] has 3 elements, which don't fit \[0, -1\]/,
    },
    {
      label: "flatten backwards",
      run: () => flatten(tensor([[1, 2]]), 1, 0),
      error: /flatten: startDim 1 comes after endDim 0/,
    },
    {
      label: "a seventh dimension",
      run: () => unsqueeze(tensor([1], { shape: [1, 1, 1, 1, 1, 1] }), 0),
      error: /unsqueeze: .* has 6 dimensions already/,
    },
  ],
};
