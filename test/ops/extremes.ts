import { tensor } from "../../src/autograd/index.ts";
import { maximum, minimum } from "../../src/autograd/ops/elementwise/extremes.ts";
import { type BinaryCase, binarySamples, integerSamples } from "./binary_samples.ts";
import type { OpInfo, Ref } from "./op_info.ts";
import { broadcastRef } from "./reference/broadcast.ts";

// Distinct grids, so that no two operands come within the step of a difference.
const onGrid = (offset: number) => (value: number) => Math.round(value * 50) / 10 + offset;

const cases: BinaryCase[] = [
  { name: "maximum", run: maximum, f: Math.max, mapA: onGrid(0), mapB: onGrid(0.05) },
  { name: "minimum", run: minimum, f: Math.min, mapA: onGrid(0), mapB: onGrid(0.05) },
];

export const info: OpInfo = {
  ops: ["maximum", "minimum"],
  samples: [
    ...cases.flatMap(binarySamples),
    ...cases.flatMap(integerSamples),
    ...cases.flatMap(({ name, run, f }) => [
      {
        label: `${name}: ties give half the gradient to each`,
        inputs: [
          { shape: [4], values: [1, 2, -3, 0] },
          { shape: [4], values: [1, 2, -3, 0] },
        ],
        run,
        // central differences of max at a tie are the mean of the two one-sided slopes
        reference: (x: Ref, y: Ref) => broadcastRef([x, y], f),
      },
      {
        label: `${name}: NaN propagates from either side`,
        inputs: [
          { shape: [3], values: [Number.NaN, 1, Number.NaN], grad: false },
          { shape: [3], values: [1, Number.NaN, Number.NaN], grad: false },
        ],
        run,
        reference: (x: Ref, y: Ref) => broadcastRef([x, y], f),
      },
    ]),
  ],
  errors: [
    {
      label: "shapes that don't broadcast",
      run: () => maximum(tensor([1, 2, 3]), tensor([1, 2])),
      error: /maximum: shapes \[3\] and \[2\]/,
    },
    {
      label: "a negative number with u32",
      run: () => maximum(tensor(new Uint32Array(2)), -1),
      error: /maximum: the number -1 doesn't fit the tensor's dtype u32/,
    },
  ],
};
