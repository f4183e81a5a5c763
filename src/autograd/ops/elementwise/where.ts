import { type NDArray, pickWhere, sumTo } from "../../../kernels/index.ts";
import { type Numbers, type Operand, operandsOf } from "../../binary_op.ts";
import { requireTensor } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import { promoted } from "../../promotion.ts";
import { Tensor } from "../../tensor.ts";

const op = defineOp<Numbers>("where", ([condition, ...values], numbers) => {
  const [a, b] = operandsOf(values, numbers);
  const rule = (value: NDArray, own: 0 | 1) =>
    saving([condition], (dy) =>
      sumTo(own === 0 ? pickWhere(condition, dy, 0) : pickWhere(condition, 0, dy), value.shape),
    );
  const rules = [a, b].flatMap((value, i) =>
    typeof value === "number" ? [] : [rule(value, i === 0 ? 0 : 1)],
  );
  return { out: pickWhere(condition, a, b), grads: [null, ...rules] };
});

/**
 * a where `condition` isn't 0, else b, with NumPy broadcasting of all three. The condition has any
 * dtype (comparisons give u32); a and b of two dtypes meet in the wider one, and one of them may be a number.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  requireTensor("where", "condition", condition);
  if (a instanceof Tensor && b instanceof Tensor) {
    return promoted([a, b], (values) => op([condition, ...values], {}));
  }
  if (typeof b === "number")
    return op([condition, requireTensor("where", "at least one value", a)], { right: b });
  const second = requireTensor("where", "the second value", b);
  if (typeof a === "number") return op([condition, second], { left: a });
  throw new TypeError("where: the first value must be a tensor or a number");
}
