import { tensor } from "../../src/autograd/index.ts";
import { std, variance } from "../../src/autograd/ops/reduce/variance.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref } from "./op_info.ts";
import { reduceDimsRef } from "./reference/reduction.ts";

function varRef(x: Ref, dims: number[], keepdim: boolean, correction: number): Ref {
  return reduceDimsRef(x, dims, keepdim, (values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    return squares / (values.length - correction);
  });
}

/** Compositions of other ops: no ops of their own. */
export const info: OpInfo = {
  ops: [],
  samples: [
    {
      label: "var over everything",
      inputs: [{ shape: [3, 7] }],
      run: (x) => variance(x),
      reference: (x) => varRef(x, [0, 1], false, 1),
    },
    {
      label: "var over two dimensions, uncorrected, keepdim",
      inputs: [{ shape: [3, 4, 5] }],
      run: (x) => variance(x, [0, 2], { correction: 0, keepdim: true }),
      reference: (x) => varRef(x, [0, 2], true, 0),
    },
    {
      label: "std along a dimension",
      inputs: [{ shape: [3, 7] }],
      run: (x) => std(x, 1),
      reference: (x) => {
        const { shape, data } = varRef(x, [1], false, 1);
        return { shape, data: data.map(Math.sqrt) };
      },
    },
  ],
  errors: [
    {
      label: "an unknown option",
      run: () => variance(tensor([1, 2]), 0, mistyped({ unbiased: true })),
      error: /var: unknown option "unbiased"; the options are correction, keepdim/,
    },
    {
      label: "integers",
      run: () => std(tensor(new Int32Array(2))),
      error: /var: input has dtype i32/,
    },
  ],
};
