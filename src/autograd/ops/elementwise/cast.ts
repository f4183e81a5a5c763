import { convert, type DType, isFloat, requireDType } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const op = defineOp<DType>("cast", ([x], dtype) => {
  const rule = isFloat(x.dtype) && isFloat(dtype) ? saving([], (dy) => convert(dy, x.dtype)) : null;
  return { out: convert(x, dtype), grads: [rule] };
});

/**
 * The tensor's numbers in another dtype; the tensor itself when it has that dtype already. Floats
 * are cut towards zero to become integers. Gradients pass between f32 and f16.
 *
 * @throws Error for an unknown dtype, or f16 on an adapter without shader-f16.
 */
export function cast(input: Tensor, dtype: DType): Tensor {
  requireDType("to", dtype);
  return requireTensor("to", "input", input).dtype === dtype ? input : op([input], dtype);
}
