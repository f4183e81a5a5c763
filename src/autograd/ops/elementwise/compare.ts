import { binary, type ComparisonOp } from "../../../kernels/index.ts";
import { applyBinary, type Numbers, type Operand, operandsOf } from "../../binary_op.ts";
import { defineOp } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

/* @__NO_SIDE_EFFECTS__ */
function comparison(name: ComparisonOp) {
  const op = defineOp<Numbers>(name, (inputs, numbers) => {
    const [a, b] = operandsOf(inputs, numbers);
    return { out: binary(name, a, b), grads: inputs.map(() => null) };
  });
  return (a: Operand, b: Operand): Tensor => applyBinary(op, a, b);
}

// Each gives a u32 tensor of ones and zeros, with NumPy broadcasting. Comparisons with NaN are
// false, except `ne`.

/** 1 where a = b, else 0. */
export const eq = comparison("eq");
/** 1 where a ≠ b, else 0. */
export const ne = comparison("ne");
/** 1 where a < b, else 0. */
export const lt = comparison("lt");
/** 1 where a ≤ b, else 0. */
export const le = comparison("le");
/** 1 where a > b, else 0. */
export const gt = comparison("gt");
/** 1 where a ≥ b, else 0. */
export const ge = comparison("ge");
