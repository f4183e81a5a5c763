import { tensor } from "../../src/autograd/create.ts";
import { add, div, mul, sub } from "../../src/autograd/ops/arithmetic.ts";
import { mistyped } from "../mistyped.ts";
import { type BinaryCase, binarySamples, integerSamples } from "./binary_samples.ts";
import type { OpInfo, Ref } from "./op_info.ts";
import { broadcastRef } from "./reference/broadcast.ts";

const awayFromZero = (value: number) => value + 1.5 * Math.sign(value);

const cases: BinaryCase[] = [
  { name: "add", run: add, f: (a, b) => a + b },
  { name: "sub", run: sub, f: (a, b) => a - b },
  { name: "mul", run: mul, f: (a, b) => a * b },
  { name: "div", run: div, f: (a, b) => a / b, mapB: awayFromZero },
];

const half = (shape: number[]) => ({ shape, dtype: "f16" as const });

export const info: OpInfo = {
  ops: ["add", "sub", "mul", "div"],
  samples: [
    ...cases.flatMap(binarySamples),
    ...cases.filter(({ name }) => name !== "div").flatMap(integerSamples),
    {
      label: "mul of f16, odd length",
      inputs: [half([3, 5]), half([5])],
      run: mul,
      reference: (x: Ref, y: Ref) => broadcastRef([x, y], (a, b) => a * b),
      tolerance: 1e-3,
    },
    {
      label: "div of integers is true division",
      inputs: [{ shape: [4], values: [7, -7, 1, 0], dtype: "i32" }],
      run: (x) => div(x, 2),
      reference: (x) => broadcastRef([x], (v) => v / 2),
    },
    {
      label: "the same tensor on both sides",
      inputs: [{ shape: [4] }],
      run: (x) => mul(x, x),
      reference: (x) => broadcastRef([x], (v) => v * v),
    },
    {
      label: "NaN and infinities as IEEE has them",
      inputs: [
        { shape: [4], values: [1, -1, 0, Number.NaN], grad: false },
        { shape: [4], values: [0, 0, 0, 1], grad: false },
      ],
      run: div,
      reference: (x: Ref, y: Ref) => broadcastRef([x, y], (a, b) => a / b),
    },
  ],
  errors: [
    {
      label: "shapes that don't broadcast",
      run: () => add(tensor([1, 2, 3]), tensor([1, 2])),
      error: /add: shapes \[3\] and \[2\] can't be broadcast together/,
    },
    {
      label: "mixed dtypes",
      run: () => mul(tensor([1, 2]), tensor(new Int32Array(2))),
      error: /mul: dtypes f32 and i32 differ; convert one with to\("f32"\)/,
    },
    {
      label: "mixed dtypes in a division",
      run: () => div(tensor([1, 2]), tensor(new Int32Array(2))),
      error: /div: dtypes f32 and i32 differ/,
    },
    {
      label: "a fraction added to integers",
      run: () => add(tensor(new Int32Array(2)), 0.5),
      error: /add: the number 0.5 doesn't fit the tensor's dtype i32; convert the tensor with to/,
    },
    {
      label: "what is no tensor",
      run: () => add(tensor([1]), mistyped("2")),
      error: /add: the second operand must be a tensor, not 2/,
    },
  ],
};
