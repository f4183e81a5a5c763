import { type MaxPool2dOptions, maxPool2d, tensor, zeros } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { maxOf, type PoolCase, poolRef } from "./reference/pool.ts";

/** Values far enough apart that central differences never change the maximum. */
const distinct = (_value: number, i: number) => ((i * 7919) % 1009) / 100 - 5;

function sample(
  label: string,
  shape: number[],
  options: MaxPool2dOptions,
  expected: PoolCase,
): Sample {
  return {
    label: `maxPool2d ${label}`,
    inputs: [{ shape, map: distinct }],
    run: (x) => maxPool2d(x, options),
    reference: (x) => poolRef(x, expected, maxOf),
  };
}

const square = (k: number, s: number, out: number): PoolCase => ({
  kernel: [k, k],
  stride: [s, s],
  out: [out, out],
});

export const info: OpInfo = {
  ops: ["maxPool2d"],
  samples: [
    sample("2×2", [2, 3, 8, 8], { kernelSize: 2 }, square(2, 2, 4)),
    sample("2×2 on an odd input", [1, 2, 7, 7], { kernelSize: 2 }, square(2, 2, 3)),
    sample("1×1", [1, 1, 3, 3], { kernelSize: 1 }, square(1, 1, 3)),
    sample("one window", [1, 1, 1, 1], { kernelSize: 1 }, square(1, 1, 1)),
    sample("overlapping", [2, 2, 9, 9], { kernelSize: 3, stride: 2 }, square(3, 2, 4)),
    sample("gaps between windows", [1, 2, 9, 9], { kernelSize: 2, stride: 3 }, square(2, 3, 3)),
    sample(
      "ceilMode",
      [1, 2, 8, 7],
      { kernelSize: 3, stride: 2, ceilMode: true },
      { kernel: [3, 3], stride: [2, 2], out: [4, 3] },
    ),
    sample(
      "ceilMode drops a window that starts in the padding",
      [1, 1, 4, 4],
      { kernelSize: 2, stride: 3, padding: 1, ceilMode: true },
      { kernel: [2, 2], stride: [3, 3], pads: [1, 1, 1, 1], out: [2, 2] },
    ),
    sample(
      "padding, unequal sides",
      [2, 1, 5, 6],
      { kernelSize: [3, 2], stride: [2, 1], padding: [1, 1] },
      { kernel: [3, 2], stride: [2, 1], pads: [1, 1, 1, 1], out: [3, 7] },
    ),
    sample(
      "four sides",
      [1, 2, 6, 6],
      { kernelSize: 3, stride: 2, padding: [0, 1, 0, 1] },
      { kernel: [3, 3], stride: [2, 2], pads: [0, 1, 0, 1], out: [3, 3] },
    ),
    sample(
      "same",
      [1, 2, 5, 8],
      { kernelSize: 3, stride: 2, padding: "same" },
      { kernel: [3, 3], stride: [2, 2], pads: [1, 1, 0, 1], out: [3, 4] },
    ),
    sample("valid", [1, 1, 5, 5], { kernelSize: 2, padding: "valid" }, square(2, 2, 2)),
    sample(
      "dilation",
      [1, 2, 7, 8],
      { kernelSize: 2, stride: 1, dilation: [3, 2] },
      { kernel: [2, 2], stride: [1, 1], dilation: [3, 2], out: [4, 6] },
    ),
    {
      label: "maxPool2d over 65,535 workgroups",
      inputs: [{ shape: [1, 66_000, 8, 9], grad: false }],
      run: (x) => maxPool2d(x, { kernelSize: 1 }),
      reference: (x) => x,
    },
    {
      label: "maxPool2d NaN and −∞",
      inputs: [
        {
          shape: [1, 1, 2, 6],
          values: [1, NaN, -Infinity, -Infinity, 3, 4, 2, 0, -Infinity, -Infinity, NaN, 5],
          grad: false,
        },
      ],
      run: (x) => maxPool2d(x, { kernelSize: 2 }),
      reference: (x) => poolRef(x, { kernel: [2, 2], stride: [2, 2], out: [1, 3] }, maxOf),
    },
    {
      ...sample("f16", [1, 2, 4, 5], { kernelSize: 2 }, square(2, 2, 2)),
      inputs: [{ shape: [1, 2, 4, 4], dtype: "f16" }],
    },
  ],
  errors: [
    {
      label: "maxPool2d of another rank",
      run: () => maxPool2d(zeros([4, 4]), { kernelSize: 2 }),
      error: /maxPool2d: input has shape \[4, 4\]; \[N, C, H, W\] is expected/,
    },
    {
      label: "maxPool2d without a size",
      run: () => maxPool2d(zeros([1, 1, 4, 4]), mistyped({})),
      error: /maxPool2d: kernelSize is undefined/,
    },
    {
      label: "maxPool2d with a window larger than the input",
      run: () => maxPool2d(zeros([1, 1, 3, 3]), { kernelSize: 4 }),
      error: /maxPool2d: a window of 4×4 is larger than the input of 3×3/,
    },
    {
      label: "maxPool2d with padding as large as the window",
      run: () => maxPool2d(zeros([1, 1, 8, 8]), { kernelSize: 2, padding: 2 }),
      error: /maxPool2d: padding \[2, 2, 2, 2\].*must be smaller than the window of 2×2/,
    },
    {
      label: "maxPool2d of integers",
      run: () => maxPool2d(tensor(new Int32Array(16), { shape: [1, 1, 4, 4] }), { kernelSize: 2 }),
      error: /maxPool2d: input has dtype i32/,
    },
    {
      label: "maxPool2d with an unknown option",
      run: () => maxPool2d(zeros([1, 1, 4, 4]), mistyped({ kernelSize: 2, strides: 2 })),
      error: /maxPool2d: unknown option "strides"/,
    },
  ],
};
