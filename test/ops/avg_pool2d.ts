import { type AvgPool2dOptions, avgPool2d, zeros } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { type PoolCase, poolRef } from "./reference/pool.ts";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function sample(
  label: string,
  shape: number[],
  options: AvgPool2dOptions,
  expected: PoolCase,
): Sample {
  const counted = options.countIncludePad ?? true;
  return {
    label: `avgPool2d ${label}`,
    inputs: [{ shape }],
    run: (x) => avgPool2d(x, options),
    reference: (x) =>
      poolRef(
        x,
        expected,
        (values, { padded }) => sum(values) / (counted ? padded : values.length),
      ),
  };
}

const square = (k: number, s: number, out: number): PoolCase => ({
  kernel: [k, k],
  stride: [s, s],
  out: [out, out],
});
const padded: PoolCase = { ...square(3, 2, 4), pads: [1, 1, 1, 1] };
const ceil: PoolCase = { kernel: [3, 3], stride: [2, 2], pads: [1, 1, 1, 1], out: [4, 5] };
const sides: PoolCase = { kernel: [3, 2], stride: [2, 1], pads: [0, 2, 1, 0], out: [4, 6] };

export const info: OpInfo = {
  ops: ["avgPool2d"],
  samples: [
    sample("2×2", [2, 3, 8, 8], { kernelSize: 2 }, square(2, 2, 4)),
    sample("1×1", [1, 1, 1, 1], { kernelSize: 1 }, square(1, 1, 1)),
    sample("2×2 on an odd input", [1, 2, 7, 7], { kernelSize: 2 }, square(2, 2, 3)),
    sample("overlapping", [2, 1, 9, 9], { kernelSize: 3, stride: 2 }, square(3, 2, 4)),
    sample("gaps between windows", [1, 2, 9, 9], { kernelSize: 2, stride: 3 }, square(2, 3, 3)),
    sample("global by hand", [2, 3, 7, 7], { kernelSize: 7 }, square(7, 7, 1)),
    sample("padding counted", [1, 2, 7, 8], { kernelSize: 3, stride: 2, padding: 1 }, padded),
    sample(
      "padding not counted",
      [1, 2, 7, 8],
      { kernelSize: 3, stride: 2, padding: 1, countIncludePad: false },
      padded,
    ),
    ...[true, false].map((countIncludePad) =>
      sample(
        `ceilMode, padding ${countIncludePad ? "" : "not "}counted`,
        [1, 2, 6, 8],
        { kernelSize: 3, stride: 2, padding: 1, ceilMode: true, countIncludePad },
        ceil,
      ),
    ),
    sample(
      "four sides",
      [1, 2, 7, 6],
      { kernelSize: [3, 2], stride: [2, 1], padding: [0, 2, 1, 0] },
      sides,
    ),
    sample(
      "same",
      [1, 1, 5, 8],
      { kernelSize: 3, stride: 2, padding: "same", countIncludePad: false },
      { kernel: [3, 3], stride: [2, 2], pads: [1, 1, 0, 1], out: [3, 4] },
    ),
    {
      label: "avgPool2d over 65,535 workgroups",
      inputs: [{ shape: [1, 66_000, 8, 9], grad: false }],
      run: (x) => avgPool2d(x, { kernelSize: 1 }),
      reference: (x) => x,
    },
    {
      ...sample("f16", [1, 2, 4, 4], { kernelSize: 2 }, square(2, 2, 2)),
      inputs: [{ shape: [1, 2, 4, 4], dtype: "f16" }],
      tolerance: 2e-3,
    },
  ],
  errors: [
    {
      label: "avgPool2d of another rank",
      run: () => avgPool2d(zeros([3, 4, 4]), { kernelSize: 2 }),
      error: /avgPool2d: input has shape \[3, 4, 4\]; \[N, C, H, W\] is expected/,
    },
    {
      label: "avgPool2d with padding as large as the window",
      run: () => avgPool2d(zeros([1, 1, 8, 8]), { kernelSize: 2, padding: [0, 2] }),
      error: /avgPool2d: padding \[0, 0, 2, 2\].*must be smaller than the window of 2×2/,
    },
    {
      label: "avgPool2d with an unknown option",
      run: () => avgPool2d(zeros([1, 1, 8, 8]), mistyped({ kernelSize: 2, dilation: 2 })),
      error: /avgPool2d: unknown option "dilation"/,
    },
  ],
};
