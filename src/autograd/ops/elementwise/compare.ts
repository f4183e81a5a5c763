import type { ComparisonOp } from "../../../kernels/index.ts";
import { binaryFunction } from "../../binary_op.ts";

/* @__NO_SIDE_EFFECTS__ */
const comparison = (name: ComparisonOp) => binaryFunction(name, () => [null, null]);

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
