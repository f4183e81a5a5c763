import type { DType } from "../kernels/index.ts";
import { cast } from "./ops/elementwise/cast.ts";
import type { Tensor } from "./tensor.ts";

/** From the narrowest to the widest: operands of two dtypes meet in the wider one, as in PyTorch. */
const ORDER: readonly DType[] = ["u32", "i32", "f16", "f32"];

/** Applies an op to operands of one dtype, the widest among them. */
export function promoted(
  operands: readonly Tensor[],
  apply: (operands: readonly Tensor[]) => Tensor,
): Tensor {
  const widest = operands.reduce<DType>(
    (best, { dtype }) => (ORDER.indexOf(dtype) > ORDER.indexOf(best) ? dtype : best),
    "u32",
  );
  return withCasts(operands, () => widest, apply);
}

/** Applies an op to operands in the dtypes wanted, and frees the copies that this took. */
export function withCasts(
  operands: readonly Tensor[],
  wanted: (operand: Tensor) => DType,
  apply: (operands: readonly Tensor[]) => Tensor,
): Tensor {
  const used = operands.map((operand) => cast(operand, wanted(operand)));
  const out = apply(used);
  used.forEach((operand, i) => {
    if (operand !== operands[i]) operand.dispose();
  });
  return out;
}
