import { tensor } from "../../src/autograd/index.ts";
import { narrow } from "../../src/autograd/ops/layout/narrow.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { rearrangeRef } from "./reference/rearrange.ts";

function narrowed(shape: number[], dim: number, start: number, length: number): Sample {
  const along = dim < 0 ? dim + shape.length : dim;
  const first = start < 0 ? start + shape[along]! : start;
  return {
    label: `narrow [${shape}], dim ${dim}: ${length} from ${start} on`,
    inputs: [{ shape }],
    run: (x) => narrow(x, dim, start, length),
    reference: (x) =>
      rearrangeRef(x, shape.with(along, length), (position) =>
        position.with(along, position[along]! + first),
      ),
  };
}

export const info: OpInfo = {
  ops: ["narrow"],
  samples: [
    narrowed([7], 0, 2, 3),
    narrowed([7], 0, 0, 7),
    narrowed([4, 5], 0, 1, 2),
    narrowed([4, 5], 1, 3, 1),
    narrowed([2, 5, 3], 1, -2, 2),
    narrowed([2, 3, 65], -1, 1, 63),
    narrowed([1, 9], 1, 8, 1),
  ],
  errors: [
    {
      label: "more entries than there are",
      run: () => narrow(tensor([1, 2, 3]), 0, 2, 2),
      error: /narrow: 2 entries from 2 on are not within dim 0 of \[3\]/,
    },
    {
      label: "no entries",
      run: () => narrow(tensor([1, 2, 3]), 0, 2, 0),
      error: /narrow: 0 entries from 2 on/,
    },
    {
      label: "a scalar",
      run: () => narrow(tensor(1), 0, 0, 1),
      error: /narrow: 1 entries from 0 on are not within dim 0 of \[\]/,
    },
  ],
};
