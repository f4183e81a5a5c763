import { tensor } from "../../src/autograd/index.ts";
import { add, div, mul, sub } from "../../src/autograd/ops/elementwise/arithmetic.ts";
import { mistyped } from "../mistyped.ts";
import { type BinaryCase, binarySamples, integerSamples } from "./binary_samples.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { broadcastRef } from "./reference/broadcast.ts";

const awayFromZero = (value: number) => value + 1.5 * Math.sign(value);

const cases: BinaryCase[] = [
  { name: "add", run: add, f: (a, b) => a + b },
  { name: "sub", run: sub, f: (a, b) => a - b },
  { name: "mul", run: mul, f: (a, b) => a * b },
  { name: "div", run: div, f: (a, b) => a / b, mapB: awayFromZero },
];

/** Operands of two dtypes meet in the wider one. */
function mixed(
  a: "f32" | "i32",
  b: "i32" | "u32",
  run: typeof mul,
  f: (a: number, b: number) => number,
): Sample[] {
  return [false, true].map((swapped) => ({
    label: `${run.name} of ${a} and ${b}${swapped ? ", swapped" : ""}`,
    inputs: [
      { shape: [2, 2], values: [-3, 1, 2, 5], dtype: a },
      { shape: [2], values: [2, 7], dtype: b },
    ],
    run: (x, y) => (swapped ? run(y, x) : run(x, y)),
    reference: (x, y) => broadcastRef([x, y], (v, w) => (swapped ? f(w, v) : f(v, w))),
  }));
}

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
    ...mixed("f32", "i32", mul, (a, b) => a * b),
    ...mixed("i32", "u32", sub, (a, b) => a - b),
    ...mixed("i32", "u32", div, (a, b) => a / b),
    {
      label: "a fraction added to integers gives floats",
      inputs: [{ shape: [3], values: [-1, 0, 2], dtype: "i32" }],
      run: (x) => add(x, 0.5),
      reference: (x: Ref) => broadcastRef([x], (v) => v + 0.5),
    },
  ],
  errors: [
    {
      label: "shapes that don't broadcast",
      run: () => add(tensor([1, 2, 3]), tensor([1, 2])),
      error: /add: shapes \[3\] and \[2\] can't be broadcast together/,
    },
    {
      label: "a number too large for integers",
      run: () => add(tensor(new Int32Array(2)), 2 ** 31),
      error:
        /add: the number 2147483648 doesn't fit the tensor's dtype i32; convert the tensor with/,
    },
    {
      label: "what is no tensor",
      run: () => add(tensor([1]), mistyped("2")),
      error: /add: the second operand must be a tensor, not 2/,
    },
  ],
};
