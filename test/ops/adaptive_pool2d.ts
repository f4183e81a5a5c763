import { adaptiveAvgPool2d, adaptiveMaxPool2d, zeros } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample, SampleInput } from "./op_info.ts";
import { generate } from "./reference/array.ts";
import { maxOf } from "./reference/pool.ts";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function adaptiveRef(
  x: Ref,
  [outH, outW]: readonly [number, number],
  reduce: (values: number[]) => number,
): Ref {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const range = (o: number, size: number, count: number) => {
    const start = Math.floor((o * size) / count);
    return Array.from({ length: Math.ceil(((o + 1) * size) / count) - start }, (_, i) => start + i);
  };
  return generate([n, c, outH, outW], (i) => {
    const plane = Math.floor(i / (outH * outW)) * h * w;
    const columns = range(i % outW, w, outW);
    const rows = range(Math.floor(i / outW) % outH, h, outH);
    return reduce(
      rows.flatMap((row) => columns.map((column) => x.data[plane + row * w + column]!)),
    );
  });
}

const distinct = (_value: number, i: number) => ((i * 7919) % 100_003) / 1000 - 5;

function pair(
  shape: number[],
  size: Parameters<typeof adaptiveAvgPool2d>[1],
  out: readonly [number, number],
  more: Partial<SampleInput> = {},
): Sample[] {
  const label = `[${shape}] to ${JSON.stringify(size)}`;
  return [
    {
      label: `adaptiveAvgPool2d ${label}`,
      inputs: [{ shape, ...more }],
      run: (x) => adaptiveAvgPool2d(x, size),
      reference: (x) => adaptiveRef(x, out, mean),
    },
    {
      label: `adaptiveMaxPool2d ${label}`,
      inputs: [{ shape, map: distinct, ...more }],
      run: (x) => adaptiveMaxPool2d(x, size),
      reference: (x) => adaptiveRef(x, out, maxOf),
    },
  ];
}

export const info: OpInfo = {
  ops: ["adaptiveAvgPool2d", "adaptiveMaxPool2d"],
  samples: [
    ...pair([2, 3, 7, 7], 1, [1, 1]),
    ...pair([1, 2, 40, 41], 1, [1, 1]),
    ...pair([2, 3, 8, 8], [2, 4], [2, 4]),
    ...pair([1, 2, 7, 9], [3, 2], [3, 2]),
    ...pair([1, 2, 3, 2], 7, [7, 7]),
    ...pair([1, 2, 5, 5], 5, [5, 5]),
    ...pair([1, 2, 5, 6], [null, 1], [5, 1]),
    ...pair([1, 2, 5, 6], [1, 6], [1, 6]),
    ...pair([1, 1, 60, 60], [3, 4], [3, 4]),
    ...pair([1, 1, 1, 1], 1, [1, 1]),
    ...pair([70_001, 1, 2, 2], 1, [1, 1], { grad: false }),
    ...pair([1, 1, 2, 4], 1, [1, 1], {
      values: [1, 2, Number.NaN, 3, 4, 5, 6, 7],
      grad: false,
      map: (v) => v,
    }),
  ],
  errors: [
    {
      label: "adaptiveAvgPool2d to nothing",
      run: () => adaptiveAvgPool2d(zeros([1, 1, 4, 4]), 0),
      error: /adaptiveAvgPool2d: outputSize is 0; give a whole number of at least 1/,
    },
    {
      label: "adaptiveAvgPool2d without a size",
      run: () => adaptiveAvgPool2d(zeros([1, 1, 4, 4]), mistyped(undefined)),
      error: /adaptiveAvgPool2d: outputSize is undefined/,
    },
    {
      label: "adaptiveMaxPool2d of another rank",
      run: () => adaptiveMaxPool2d(zeros([4, 4]), 1),
      error: /adaptiveMaxPool2d: input has shape \[4, 4\]; \[N, C, H, W\] is expected/,
    },
  ],
};
