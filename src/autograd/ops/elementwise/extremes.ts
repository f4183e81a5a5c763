import { binaryGrad, type NDArray, sumTo } from "../../../kernels/index.ts";
import {
  applyBinary,
  type BinaryRules,
  defineBinaryOp,
  kept,
  type Operand,
  type Value,
} from "../../binary_op.ts";
import { saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

/** The greater (or smaller) operand takes the gradient; both take half where they are equal. */
/* @__NO_SIDE_EFFECTS__ */
function rulesOf(derivative: "maximumByA" | "minimumByA"): BinaryRules {
  const rule = (own: Value, other: Value) =>
    saving(kept(own, other), (dy) => {
      const array = own as NDArray; // a number's rule is dropped
      return sumTo(binaryGrad(derivative, dy, array, other), array.shape);
    });
  return (a, b) => [rule(a, b), rule(b, a)];
}

const maximumOp = defineBinaryOp("maximum", rulesOf("maximumByA"));
const minimumOp = defineBinaryOp("minimum", rulesOf("minimumByA"));

/** The greater of a and b element by element, with NumPy broadcasting. NaN where either is NaN. */
export function maximum(a: Operand, b: Operand): Tensor {
  return applyBinary(maximumOp, a, b);
}

/** The smaller of a and b element by element, with NumPy broadcasting. NaN where either is NaN. */
export function minimum(a: Operand, b: Operand): Tensor {
  return applyBinary(minimumOp, a, b);
}
