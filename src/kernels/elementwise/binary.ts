import source from "../../../shaders/elementwise/binary.wgsl";
import gradSource from "../../../shaders/elementwise/binary_grad.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray, type Shape } from "../array.ts";
import { broadcastShapes, innerFirst, operandWalk } from "./broadcast.ts";
import { numberBits, numberType } from "./number_bits.ts";

const ARITHMETIC = { add: 0, sub: 1, mul: 2, div: 3, maximum: 4, minimum: 5, pow: 6 } as const;
const COMPARISON = { eq: 7, ne: 8, lt: 9, le: 10, gt: 11, ge: 12 } as const;
const BINARY = { ...ARITHMETIC, ...COMPARISON };
export type ComparisonOp = keyof typeof COMPARISON;
export type BinaryOp = keyof typeof BINARY;

/**
 * a op b with broadcasting; one of them may be a number. Both have the same dtype, which the result
 * has too, except that comparisons give u32 ones and zeros. Integer division is truncated.
 */
export function binary(op: BinaryOp, a: NDArray | number, b: NDArray | number): NDArray {
  if (typeof a === "number") {
    if (typeof b === "number") throw new Error(`${op}: at least one operand must be an array`);
    return run(op, b, b, { which: 2, value: a });
  }
  if (typeof b === "number") return run(op, a, a, { which: 1, value: b });
  if (a.dtype !== b.dtype) {
    throw new Error(
      `${op}: dtypes ${a.dtype} and ${b.dtype} differ; convert one with to("${a.dtype}")`,
    );
  }
  return run(op, a, b, { which: 0, value: 0 });
}

interface NumberOperand {
  /** 0: none, 1: b is the number, 2: a is. */
  readonly which: 0 | 1 | 2;
  readonly value: number;
}

function run(op: BinaryOp, a: NDArray, b: NDArray, { which, value }: NumberOperand): NDArray {
  const shape = broadcastShapes(op, a.shape, b.shape);
  const dtype = op in COMPARISON ? "u32" : a.dtype;
  const out = allocate(shape, dtype);
  const walk = walkParams(a.shape, b.shape, shape);
  launch(
    specialize(source, {
      T: a.dtype,
      S: numberType(a.dtype),
      R: dtype,
      OP: BINARY[op],
      RANK: walk.rank,
      NUMBER: which,
    }),
    { a, b, out },
    { n: out.size, number_bits: numberBits(value, a.dtype), ...walk.params },
    linearGrid(out.size),
  );
  return out;
}

function walkParams(a: Shape, b: Shape, out: Shape) {
  const { dims, strides } = operandWalk(a, b, out);
  const params = {
    dims: innerFirst(dims),
    strides_a: innerFirst(strides[0]!),
    strides_b: innerFirst(strides[1]!),
  };
  return { rank: dims.length, params };
}

const DERIVATIVES = { divByB: 0, maximumByA: 1, minimumByA: 2, powByA: 3, powByB: 4 } as const;
export type BinaryDerivative = keyof typeof DERIVATIVES;

/** dy · ∂f/∂a or ∂f/∂b in the shape of dy, before sums over repeated dimensions. b may be a number. */
export function binaryGrad(
  derivative: BinaryDerivative,
  dy: NDArray,
  a: NDArray,
  b: NDArray | number,
): NDArray {
  const dx = allocate(dy.shape, dy.dtype);
  const isNumber = typeof b === "number";
  const second = isNumber ? a : b;
  const walk = walkParams(a.shape, second.shape, dy.shape);
  launch(
    specialize(gradSource, {
      T: dy.dtype,
      OP: DERIVATIVES[derivative],
      RANK: walk.rank,
      NUMBER: isNumber,
    }),
    { dy, a, b: second, dx },
    { n: dx.size, number: isNumber ? b : 0, ...walk.params },
    linearGrid(dx.size),
  );
  return dx;
}
