import { binaryGrad, mathGrad, type NDArray, sumTo } from "../../../kernels/index.ts";
import { binaryFunction, kept, type Operand } from "../../binary_op.ts";
import { requireFloat } from "../../checks.ts";
import { saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const power = binaryFunction("pow", (a, b, out) => [
  saving(kept(a, b), (dy) => {
    const base = a as NDArray; // a number's rule is left out
    return sumTo(binaryGrad("powByA", dy, base, b), base.shape);
  }),
  typeof a === "number"
    ? saving([out], (dy) => mathGrad("powerOfNumberFromOutput", dy, out, a === 0 ? 0 : Math.log(a)))
    : saving(kept(a, b), (dy) => sumTo(binaryGrad("powByB", dy, a, b), (b as NDArray).shape)),
]);

/**
 * base^exponent element by element, with NumPy broadcasting; one may be a number. Floats only.
 * As in PyTorch x^0 = 1, a negative base has whole powers only (NaN otherwise), and the gradient
 * with respect to the exponent is 0 where the base is 0.
 */
export function pow(base: Operand, exponent: Operand): Tensor {
  for (const [role, value] of [
    ["base", base],
    ["exponent", exponent],
  ] as const) {
    if (typeof value !== "number") requireFloat("pow", role, value);
  }
  return power(base, exponent);
}
