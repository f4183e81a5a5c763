import { tensor, zeros } from "../../src/autograd/index.ts";
import { clone } from "../../src/autograd/ops/layout/clone.ts";
import { flip } from "../../src/autograd/ops/layout/flip.ts";
import { roll } from "../../src/autograd/ops/layout/roll.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { mapRef } from "./reference/array.ts";
import { rearrangeRef } from "./reference/rearrange.ts";

function flipped(shape: number[], dims: number | number[] | null, resolved: number[]): Sample {
  return {
    label: `flip [${shape}] along ${JSON.stringify(dims)}`,
    inputs: [{ shape }],
    run: (x) => flip(x, dims),
    reference: (x) =>
      rearrangeRef(x, shape, (at) =>
        at.map((i, d) => (resolved.includes(d) ? shape[d]! - 1 - i : i)),
      ),
  };
}

function rolled(shape: number[], shifts: number | number[], dims: number | number[]): Sample {
  const steps = [shifts].flat();
  const along = [dims].flat().map((d) => (d + shape.length) % shape.length);
  const from = (i: number, d: number) => {
    const shift = along.reduce((sum, dim, k) => (dim === d ? sum + steps[k]! : sum), 0);
    return (((i - shift) % shape[d]!) + shape[d]!) % shape[d]!;
  };
  return {
    label: `roll [${shape}] by ${shifts} along ${dims}`,
    inputs: [{ shape }],
    run: (x) => roll(x, shifts, dims),
    reference: (x) => rearrangeRef(x, shape, (at) => at.map(from)),
  };
}

export const info: OpInfo = {
  ops: ["clone", "flip", "roll"],
  samples: [
    ...([[], [7], [3, 1, 5], [67, 33]].map((shape) => ({
      label: `clone [${shape}]`,
      inputs: [{ shape }],
      run: clone,
      reference: (x) => mapRef(x, (v) => v),
    })) satisfies Sample[]),
    flipped([], null, []),
    flipped([7], 0, [0]),
    flipped([2, 3, 4, 5], 3, [3]),
    flipped([2, 3, 4, 5], [-1, 1], [1, 3]),
    flipped([67, 1, 33], null, [0, 1, 2]),
    flipped([40, 50], 0, [0]),
    rolled([7], 3, 0),
    rolled([2, 3, 4], [1, -2], [0, 2]),
    rolled([2, 3, 4], [5, 1], [1, -2]),
    rolled([67, 33], -70, 0),
    {
      label: "roll without dims, through the flattened tensor",
      inputs: [{ shape: [2, 3] }],
      run: (x) => roll(x, 2),
      reference: (x) => ({ shape: [2, 3], data: x.data.map((_, i) => x.data[(i + 4) % 6]!) }),
    },
    {
      label: "flip of u32",
      inputs: [{ shape: [3], values: [1, 2, 4294967295], dtype: "u32" }],
      run: (x) => flip(x, 0),
      reference: (x) => ({ shape: [3], data: x.data.toReversed() }),
    },
    {
      label: "roll of f16",
      inputs: [{ shape: [5], dtype: "f16" }],
      run: (x) => roll(x, 1, 0),
      reference: (x) => ({ shape: [5], data: x.data.map((_, i) => x.data[(i + 4) % 5]!) }),
    },
  ],
  errors: [
    {
      label: "a dimension to flip twice",
      run: () => flip(zeros([2, 3]), [1, -1]),
      error: /flip: dim \[1, -1\] names a dimension of \[2, 3\] twice/,
    },
    {
      label: "a dimension to flip out of range",
      run: () => flip(zeros([2, 3]), 2),
      error: /flip: dim 2 is out of range for shape \[2, 3\]/,
    },
    {
      label: "shifts without as many dimensions",
      run: () => roll(zeros([2, 3]), [1, 2], 0),
      error: /roll: 2 shifts don't fit 1 dims/,
    },
    {
      label: "several shifts without dimensions",
      run: () => roll(zeros([2, 3]), [1, 2]),
      error: /roll: several shifts need as many dims/,
    },
    {
      label: "half a shift",
      run: () => roll(zeros([2]), 0.5, 0),
      error: /roll: shift 0.5 must be a whole number/,
    },
    {
      label: "to clone what is no tensor",
      run: () => clone(mistyped([tensor([1])])),
      error: /clone: input must be a tensor/,
    },
  ],
};
