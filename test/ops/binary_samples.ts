import type { Tensor } from "../../src/autograd/index.ts";
import type { Ref, Sample, SampleInput } from "./op_info.ts";
import { broadcastRef } from "./reference/broadcast.ts";

type Operand = Tensor | number;

export interface BinaryCase {
  readonly name: string;
  readonly run: (a: Operand, b: Operand) => Tensor;
  readonly f: (a: number, b: number) => number;
  /** Keeps the operands in the domain and away from kinks. */
  readonly mapA?: (value: number, index: number) => number;
  readonly mapB?: (value: number, index: number) => number;
  readonly grad?: boolean;
}

/** Pairs of shapes: same, odd, scalar, each side repeated, both repeated, more workgroups than one. */
const SHAPES: readonly (readonly [number[], number[]])[] = [
  [[5], [5]],
  [[], []],
  [
    [3, 4, 5],
    [3, 4, 5],
  ],
  [[2, 3], []],
  [[1], [7]],
  [
    [2, 3, 4, 5],
    [3, 1, 1],
  ],
  [
    [4, 1, 3],
    [2, 1],
  ],
  [
    [1, 3, 1, 2],
    [2, 1, 5, 1],
  ],
  [
    [2, 1, 3, 1, 2, 3],
    [1, 2, 1, 2, 1, 3],
  ],
  [[33, 67], [67]],
  [
    [129, 1],
    [129, 40],
  ],
];

/** A sample for every pair of shapes, and for numbers on either side. */
export function binarySamples(binary: BinaryCase): Sample[] {
  const input = (shape: number[], map?: SampleInput["map"]): SampleInput => ({
    shape,
    map,
    grad: binary.grad,
  });
  const { name, run, f, mapA, mapB } = binary;
  const pairs = SHAPES.map(([a, b]) => ({
    label: `${name} [${a}] and [${b}]`,
    inputs: [input(a, mapA), input(b, mapB)],
    run,
    reference: (x: Ref, y: Ref) => broadcastRef([x, y], f),
  }));
  const number = 1.75;
  return [
    ...pairs,
    {
      label: `${name} with a number on the right`,
      inputs: [input([3, 5], mapA)],
      run: (x) => run(x, number),
      reference: (x) => broadcastRef([x], (v) => f(v, number)),
    },
    {
      label: `${name} with a number on the left`,
      inputs: [input([3, 5], mapB)],
      run: (x) => run(number, x),
      reference: (x) => broadcastRef([x], (v) => f(number, v)),
    },
  ];
}

/** Integer operands: exact, no gradients. */
export function integerSamples({ name, run, f }: BinaryCase): Sample[] {
  return (["i32", "u32"] as const).map((dtype) => ({
    label: `${name} of ${dtype}`,
    inputs: [
      { shape: [2, 3], values: [7, 2 ** 30 + 1, 5, 1, 0, 9], dtype },
      { shape: [3], values: [3, 2, 4], dtype },
    ],
    run,
    reference: (x: Ref, y: Ref) =>
      broadcastRef([x, y], (a, b) => (dtype === "u32" ? f(a, b) >>> 0 : f(a, b) | 0)),
  }));
}
