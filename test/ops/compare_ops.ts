import { tensor } from "../../src/autograd/index.ts";
import { eq, ge, gt, le, lt, ne } from "../../src/autograd/ops/elementwise/compare.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { broadcastRef } from "./reference/broadcast.ts";

const OPS = [
  { name: "eq", run: eq, f: (a: number, b: number) => a === b },
  { name: "ne", run: ne, f: (a: number, b: number) => a !== b },
  { name: "lt", run: lt, f: (a: number, b: number) => a < b },
  { name: "le", run: le, f: (a: number, b: number) => a <= b },
  { name: "gt", run: gt, f: (a: number, b: number) => a > b },
  { name: "ge", run: ge, f: (a: number, b: number) => a >= b },
];

const coarse = (value: number) => Math.round(value * 2);

const samples: Sample[] = OPS.flatMap(({ name, run, f }) => [
  {
    label: `${name} with broadcasting`,
    inputs: [
      { shape: [3, 1, 5], map: coarse, grad: false },
      { shape: [4, 1], map: coarse, grad: false },
    ],
    run,
    reference: (x: Ref, y: Ref) => broadcastRef([x, y], (a, b) => Number(f(a, b))),
  },
  {
    label: `${name} with a number, and NaN`,
    inputs: [{ shape: [4], values: [1, 0, -1, Number.NaN], grad: false }],
    run: (x) => run(x, 0),
    reference: (x) => broadcastRef([x], (a) => Number(f(a, 0))),
  },
  {
    label: `${name} of i32`,
    inputs: [{ shape: [3], values: [16777216, 16777217, 16777218], dtype: "i32" }],
    run: (x) => run(16777217, x),
    reference: (x) => broadcastRef([x], (a) => Number(f(16777217, a))),
  },
]);

export const info: OpInfo = {
  ops: OPS.map(({ name }) => name),
  samples: [
    ...samples,
    {
      label: "eq of i32 and u32",
      inputs: [
        { shape: [3], values: [1, -1, 7], dtype: "i32" },
        { shape: [3], values: [1, 1, 7], dtype: "u32" },
      ],
      run: eq,
      reference: (x, y) => broadcastRef([x, y], (a, b) => Number(a === b)),
    },
  ],
  errors: [
    {
      label: "shapes that don't broadcast",
      run: () => lt(tensor([1, 2]), tensor([1, 2, 3])),
      error: /lt: shapes \[2\] and \[3\]/,
    },
  ],
};
