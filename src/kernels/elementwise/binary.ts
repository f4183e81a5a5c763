import source from "../../../shaders/elementwise/binary.wgsl";
import gradSource from "../../../shaders/elementwise/binary_grad.wgsl";
import type { Shape } from "../../base/index.ts";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { broadcastShapes, innerFirst, operandWalk } from "./broadcast.ts";
import { numberBits, numberType } from "./number_bits.ts";

const COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
export type ComparisonOp = (typeof COMPARISONS)[number];
export type BinaryOp = "add" | "sub" | "mul" | "div" | "maximum" | "minimum" | "pow" | ComparisonOp;

const isComparison = (op: BinaryOp) => COMPARISONS.some((one) => one === op);

/**
 * a op b with broadcasting; one of them may be a number. Both have the same dtype, which the result
 * has too, except that comparisons give u32 ones and zeros. Integer division is truncated.
 */
export function binary(op: BinaryOp, a: NDArray | number, b: NDArray | number): NDArray {
  if (typeof a === "number") {
    if (typeof b === "number") throw new Error(`${op}: at least one operand must be an array`);
    return run(op, b, b, { A_NUMBER: true }, a);
  }
  if (typeof b === "number") return run(op, a, a, { B_NUMBER: true }, b);
  if (a.dtype !== b.dtype) {
    throw new Error(
      `${op}: dtypes ${a.dtype} and ${b.dtype} differ; convert one with to("${a.dtype}")`,
    );
  }
  return run(op, a, b);
}

function run(op: BinaryOp, a: NDArray, b: NDArray, operands = {}, number = 0): NDArray {
  const shape = broadcastShapes(op, a.shape, b.shape);
  const dtype = isComparison(op) ? "u32" : a.dtype;
  const out = allocate(shape, dtype);
  const walk = walkParams(a.shape, b.shape, shape);
  launch(
    specialize(source, {
      T: a.dtype,
      S: numberType(a.dtype),
      R: dtype,
      OP: constantName(op),
      RANK: walk.rank,
      ...operands,
    }),
    { a, b, out },
    { n: out.size, number_bits: numberBits(number, a.dtype), ...walk.params },
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

export type BinaryDerivative = "divByB" | "maximumByA" | "minimumByA" | "powByA" | "powByB";

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
      OP: constantName(derivative),
      RANK: walk.rank,
      B_NUMBER: isNumber,
    }),
    { dy, a, b: second, dx },
    { n: dx.size, b_number: isNumber ? b : 0, ...walk.params },
    linearGrid(dx.size),
  );
  return dx;
}
