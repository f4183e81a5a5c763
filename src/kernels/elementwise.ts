import { launch, linearGrid, specialize } from "../gpu/index.ts";
import addIntoSource from "../../shaders/add_into.wgsl";
import binarySource from "../../shaders/binary.wgsl";
import unarySource from "../../shaders/unary.wgsl";
import { allocate, type NDArray, sameShape, type Shape, shapeText, stridesOf } from "./array.ts";

const BINARY = { add: 0, sub: 1, mul: 2, div: 3, maximum: 4, minimum: 5 } as const;
export type BinaryOp = keyof typeof BINARY;

const UNARY = {
  neg: 0,
  exp: 1,
  log: 2,
  sqrt: 3,
  abs: 4,
  square: 5,
  affine: 6,
  clamp: 7,
  relu: 8,
  relu6: 9,
  leakyRelu: 10,
  elu: 11,
  gelu: 12,
  geluTanh: 13,
  silu: 14,
  hardswish: 15,
  hardsigmoid: 16,
  sigmoid: 17,
  tanh: 18,
  reciprocal: 19,
} as const;
export type UnaryOp = keyof typeof UNARY;

/** NumPy's rule. @throws Error naming both shapes. */
export function broadcastShapes(name: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new Error(`${name}: shapes ${shapeText(a)} and ${shapeText(b)} can't be broadcast together`);
  });
}

/** Shape and strides padded to eight entries, the last six of which the shaders use in order. */
export function padTo6(values: readonly number[], filler: number): number[] {
  return [...new Array<number>(6 - values.length).fill(filler), ...values, filler, filler];
}

/** Strides of `from` when read with the (broadcast) shape `to`: zero along repeated dimensions. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  return to.map((_, i) => (i < offset || from[i - offset] === 1 ? 0 : strides[i - offset]!));
}

/** a op b with broadcasting. Both have the same dtype. */
export function binary(op: BinaryOp, a: NDArray, b: NDArray): NDArray {
  if (a.dtype !== b.dtype) {
    throw new Error(`${op}: dtypes ${a.dtype} and ${b.dtype} differ; convert one with to("${a.dtype}")`);
  }
  const same = sameShape(a.shape, b.shape);
  const shape = same ? a.shape : broadcastShapes(op, a.shape, b.shape);
  const out = allocate(shape, a.dtype);
  launch(
    specialize(binarySource, { T: a.dtype, OP: BINARY[op], BROADCAST: !same }),
    { a, b, out },
    {
      n: out.size,
      dims: padTo6(shape, 1),
      strides_a: padTo6(broadcastStrides(a.shape, shape), 0),
      strides_b: padTo6(broadcastStrides(b.shape, shape), 0),
    },
    linearGrid(out.size),
  );
  return out;
}

/** f(x) for floating-point x; `p0` and `p1` are the function's parameters (slope, bounds, …). */
export function unary(op: UnaryOp, x: NDArray, p0 = 0, p1 = 0): NDArray {
  const out = allocate(x.shape, x.dtype);
  const kernel = specialize(unarySource, { T: x.dtype, OP: UNARY[op] });
  launch(kernel, { x, out }, { n: out.size, p0, p1 }, linearGrid(out.size));
  return out;
}

/** sum += x, in place. */
export function addInto(sum: NDArray, x: NDArray): void {
  launch(specialize(addIntoSource, { T: sum.dtype }), { x, sum }, { n: sum.size }, linearGrid(sum.size));
}
