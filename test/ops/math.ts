import type { Tensor } from "../../src/autograd/index.ts";
import {
  abs,
  cos,
  exp,
  log,
  neg,
  sin,
  sqrt,
  square,
} from "../../src/autograd/ops/elementwise/math.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { mapRef } from "./reference/array.ts";

const SHAPES = [[], [7], [3, 1, 5], [67, 33]];

interface MathCase {
  readonly name: string;
  readonly run: (x: Tensor) => Tensor;
  readonly f: (value: number) => number;
  readonly map?: (value: number) => number;
}

const awayFromZero = (value: number) => value + 0.01 * Math.sign(value);
const positive = (value: number) => 1.1 + value;

const cases: MathCase[] = [
  { name: "neg", run: neg, f: (v) => -v },
  { name: "exp", run: exp, f: Math.exp, map: (value) => 4 * value },
  { name: "log", run: log, f: Math.log, map: positive },
  { name: "sqrt", run: sqrt, f: Math.sqrt, map: positive },
  { name: "abs", run: abs, f: Math.abs, map: awayFromZero },
  { name: "square", run: square, f: (v) => v * v },
  { name: "sin", run: sin, f: Math.sin, map: (value) => 9 * value },
  { name: "cos", run: cos, f: Math.cos, map: (value) => 9 * value },
];

const shaped = ({ name, run, f, map }: MathCase): Sample[] =>
  SHAPES.map((shape) => ({
    label: `${name} [${shape}]`,
    inputs: [{ shape, map }],
    run,
    reference: (x) => mapRef(x, f),
  }));

const integers: Sample[] = [
  [neg, (v: number) => -v] as const,
  [abs, Math.abs] as const,
  [square, (v: number) => v * v] as const,
].map(([run, f]) => ({
  label: `${run.name} of i32 is exact`,
  inputs: [
    { shape: [5], values: [0, -3, 16777217, -16777217, 46341].map((v) => v % 46341), dtype: "i32" },
  ],
  run,
  reference: (x) => mapRef(x, f),
}));

export const info: OpInfo = {
  ops: ["neg", "exp", "log", "sqrt", "abs", "square", "sin", "cos"],
  samples: [
    ...cases.flatMap(shaped),
    ...integers,
    {
      label: "abs has gradient 0 at 0",
      inputs: [{ shape: [1], values: [0] }],
      run: abs,
      reference: (x) => mapRef(x, Math.abs),
    },
    {
      label: "log at and below 0, of NaN and infinity",
      inputs: [{ shape: [4], values: [0, -1, Number.NaN, Infinity], grad: false }],
      run: log,
      reference: (x) => mapRef(x, Math.log),
    },
    {
      label: "sqrt below 0",
      inputs: [{ shape: [3], values: [0, -1, Number.NaN], grad: false }],
      run: sqrt,
      reference: (x) => mapRef(x, Math.sqrt),
    },
    ...[sin, cos].map((run) => ({
      label: `${run.name} far from 0`,
      inputs: [{ shape: [999], map: (value: number) => 4000 * value, grad: false }],
      run,
      reference: (x: Ref) => mapRef(x, run === sin ? Math.sin : Math.cos),
      tolerance: 1e-6,
    })),
    {
      label: "exp of f16",
      inputs: [{ shape: [5], dtype: "f16" }],
      run: exp,
      reference: (x) => mapRef(x, Math.exp),
      tolerance: 1e-3,
    },
    {
      label: "sqrt of integers is f32",
      inputs: [{ shape: [3], values: [2, 0, 9], dtype: "u32" }],
      run: sqrt,
      reference: (x) => mapRef(x, Math.sqrt),
    },
  ],
  errors: [
    {
      label: "what is no tensor",
      run: () => sqrt(mistyped(4)),
      error: /sqrt: input must be a tensor, not 4/,
    },
  ],
};
