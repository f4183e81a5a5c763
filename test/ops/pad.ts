import { tensor } from "../../src/autograd/index.ts";
import { type PadOptions, pad } from "../../src/autograd/ops/layout/pad.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { rearrangeRef } from "./reference/rearrange.ts";

/** Where place `at` of a padded dimension of `size` comes from; null: from outside. */
function origin(at: number, size: number, mode: PadOptions["mode"]): number | null {
  if (at >= 0 && at < size) return at;
  if (mode === "replicate") return at < 0 ? 0 : size - 1;
  if (mode === "reflect") return at < 0 ? -at : 2 * (size - 1) - at;
  return null;
}

function padRef(x: Ref, sides: readonly number[], { mode, value = 0 }: PadOptions): Ref {
  const rank = x.shape.length;
  const side = (d: number, which: number) => sides[2 * (rank - 1 - d) + which] ?? 0;
  const shape = x.shape.map((n, d) => side(d, 0) + n + side(d, 1));
  return rearrangeRef(
    x,
    shape,
    (position) => {
      const from = position.map((at, d) => origin(at - side(d, 0), x.shape[d]!, mode));
      return from.every((at) => at !== null) ? from : null;
    },
    value,
  );
}

function padded(shape: number[], sides: number[], options: PadOptions = {}): Sample {
  return {
    label: `pad [${shape}] by [${sides}] ${JSON.stringify(options)}`,
    inputs: [{ shape }],
    run: (x) => pad(x, sides, options),
    reference: (x) => padRef(x, sides, options),
  };
}

const CASES: readonly (readonly [number[], number[]])[] = [
  [[5], [2, 1]],
  [
    [3, 4],
    [1, 2],
  ],
  [
    [3, 4],
    [0, 0, 2, 1],
  ],
  [
    [2, 3, 4],
    [3, 0, 0, 2],
  ],
  [
    [2, 3, 4, 5],
    [1, 2, 2, 1],
  ],
  [
    [2, 33, 35],
    [1, 1, 1, 1],
  ],
];

export const info: OpInfo = {
  ops: ["pad", "padEdges"],
  samples: [
    ...CASES.map(([shape, sides]) => padded(shape, sides)),
    ...CASES.map(([shape, sides]) => padded(shape, sides, { mode: "reflect" })),
    ...CASES.map(([shape, sides]) => padded(shape, sides, { mode: "replicate" })),
    padded([2, 3], [1, 1, 2, 0], { value: -1.5 }),
    padded([2, 1, 3], [0, 2, 1, 0, 0, 1], { mode: "constant", value: 3 }),
    padded([2, 3], [0, 0]),
    padded([], []),
    padded([2, 1, 1], [3, 2, 1, 4], { mode: "replicate" }),
    {
      label: "pad of i32 with a large number",
      inputs: [{ shape: [3], values: [1, 2, 3], dtype: "i32" }],
      run: (x) => pad(x, [1, 1], { value: -16777217 }),
      reference: (x) => padRef(x, [1, 1], { value: -16777217 }),
    },
  ],
  errors: [
    {
      label: "an odd number of sides",
      run: () => pad(tensor([1]), [1]),
      error: /pad: \[1\] must be pairs of numbers, last dimension first/,
    },
    {
      label: "more pairs than dimensions",
      run: () => pad(tensor([1]), [1, 1, 1, 1]),
      error: /pad: \[1,1,1,1\] must be pairs .* at most the 1 dimensions of \[1\]/,
    },
    {
      label: "a negative side",
      run: () => pad(tensor([1]), [-1, 0]),
      error: /pad: \[-1, 0\] must be whole numbers from 0; cut with narrow/,
    },
    {
      label: "a reflection wider than the input",
      run: () => pad(tensor([1, 2]), [2, 0], { mode: "reflect" }),
      error: /pad: a reflection of 2 doesn't fit dim 0 of \[2\], which allows up to 1/,
    },
    {
      label: "an unknown mode",
      run: () => pad(tensor([1]), [1, 1], { mode: mistyped("circular") }),
      error: /pad: mode is "circular"; it must be one of "constant", "reflect", "replicate"/,
    },
    {
      label: "a value with another mode",
      run: () => pad(tensor([1]), [1, 1], { mode: "replicate", value: 1 }),
      error: /pad: value is for mode "constant", not "replicate"/,
    },
    {
      label: "an unknown option",
      run: () => pad(tensor([1]), [1, 1], mistyped({ fill: 1 })),
      error: /pad: unknown option "fill"/,
    },
    {
      label: "a fractional value for integers",
      run: () => pad(tensor(new Int32Array(1)), [1, 1], { value: 0.5 }),
      error: /pad: the value 0.5 doesn't fit a tensor of i32/,
    },
  ],
};
