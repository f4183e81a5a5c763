import { binaryGrad, type NDArray, sumTo } from "../../../kernels/index.ts";
import { type BinaryRules, binaryFunction, kept, type Value } from "../../binary_op.ts";
import { saving } from "../../op.ts";

/** The greater (or smaller) operand takes the gradient; both take half where they are equal. */
/* @__NO_SIDE_EFFECTS__ */
function rulesOf(derivative: "maximumByA" | "minimumByA"): BinaryRules {
  const rule = (own: Value, other: Value) =>
    saving(kept(own, other), (dy) => {
      const array = own as NDArray; // a number's rule is left out
      return sumTo(binaryGrad(derivative, dy, array, other), array.shape);
    });
  return (a, b) => [rule(a, b), rule(b, a)];
}

/** The greater of a and b element by element, with NumPy broadcasting. NaN where either is NaN. */
export const maximum = binaryFunction("maximum", rulesOf("maximumByA"));

/** The smaller of a and b element by element, with NumPy broadcasting. NaN where either is NaN. */
export const minimum = binaryFunction("minimum", rulesOf("minimumByA"));
