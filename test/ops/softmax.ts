import { logSoftmax, softmax, tensor, zeros } from "../../src/autograd/index.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { mapRef } from "./reference/array.ts";
import { softmaxRef } from "./reference/class_loss.ts";

function pair(shape: number[], dim: number, more: Partial<Sample["inputs"][0]> = {}): Sample[] {
  const input = { shape, map: (v: number) => 5 * v, ...more };
  const axis = dim < 0 ? dim + Math.max(1, shape.length) : dim;
  const tolerance = more.dtype === "f16" ? 2e-3 : undefined;
  return [
    {
      label: `softmax [${shape}] over ${dim} ${more.dtype ?? ""}`,
      inputs: [input],
      run: (x) => softmax(x, dim),
      reference: (x) => softmaxRef(x, axis, false),
      tolerance,
    },
    {
      label: `logSoftmax [${shape}] over ${dim} ${more.dtype ?? ""}`,
      inputs: [input],
      run: (x) => logSoftmax(x, dim),
      reference: (x) => softmaxRef(x, axis, true),
      tolerance,
    },
  ];
}

export const info: OpInfo = {
  ops: ["softmax", "logSoftmax"],
  samples: [
    ...pair([], 0),
    ...pair([], -1),
    ...pair([1], 0),
    ...pair([3, 7], 1),
    ...pair([3, 7], 0),
    ...pair([2, 5, 3, 2], 1),
    ...pair([2, 3, 9], -1),
    ...pair([3, 65], 1),
    ...pair([5, 200], -1),
    ...pair([2, 100, 3], 1),
    ...pair([2, 1001], 1),
    ...pair([2, 70, 33], 1),
    ...pair([3, 9], 1, { dtype: "f16" }),
    ...pair([1000, 70], 1, { grad: false }),
    {
      label: "softmax over 65,535 workgroups",
      inputs: [{ shape: [4_200_000, 1], grad: false }],
      run: (x) => softmax(x, 1),
      reference: (x) => mapRef(x, () => 1),
    },
    ...pair([1, 4], 1, { values: [1000, 999, -1000, 0], grad: false, map: (v) => v }),
    ...pair([2, 3], 1, { values: [1, Number.NaN, 2, 3, 4, 5], grad: false, map: (v) => v }),
    ...pair([1, 3], 1, { values: [0, -Infinity, 1], grad: false, map: (v) => v }),
    ...pair([2, 3], 1, { values: [0, Infinity, 1, 2, 3, 4], grad: false, map: (v) => v }),
  ],
  errors: [
    {
      label: "softmax over a dimension that isn't there",
      run: () => softmax(zeros([2, 3]), 2),
      error: /softmax: dim 2 is out of range for shape \[2, 3\]; it goes from -2 to 1/,
    },
    {
      label: "softmax of integers",
      run: () => softmax(tensor(Int32Array.of(1, 2)), 0),
      error: /softmax: input has dtype i32/,
    },
  ],
};
