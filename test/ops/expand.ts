import { tensor } from "../../src/autograd/index.ts";
import { expand } from "../../src/autograd/ops/layout/expand.ts";
import { unravel } from "./compare.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";
import { sourceIndex } from "./reference/broadcast.ts";

function expanded(shape: number[], to: number[], full = to): Sample {
  return {
    label: `expand [${shape}] to [${to}]`,
    inputs: [{ shape }],
    run: (x) => expand(x, to),
    reference: (x) => generate(full, (i) => x.data[sourceIndex(unravel(i, full), shape)]!),
  };
}

export const info: OpInfo = {
  ops: ["expand"],
  samples: [
    expanded([3], [3]),
    expanded([], [4]),
    expanded([1], [1, 1]),
    expanded([3, 1], [3, 5]),
    expanded([3, 1], [2, -1, 5], [2, 3, 5]),
    expanded([1, 3, 1, 2], [4, 3, 5, 2]),
    expanded([1, 70], [130, 70]),
  ],
  errors: [
    {
      label: "a size that isn't 1",
      run: () => expand(tensor([1, 2]), [3]),
      error: /expand: \[2\] can't be repeated to \[3\]/,
    },
    {
      label: "fewer dimensions",
      run: () => expand(tensor([[1, 2]]), [2]),
      error: /expand: \[1, 2\] can't be repeated to \[2\]/,
    },
    {
      label: "-1 for a new dimension",
      run: () => expand(tensor([1, 2]), [-1, 2]),
      error: /\[-1, 2\] has the dimension -1/,
    },
  ],
};
