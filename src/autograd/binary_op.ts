import { type BinaryOp, binary, holds, type NDArray } from "../kernels/index.ts";
import { requireTensor } from "./checks.ts";
import type { Definition, Traits } from "./definition.ts";
import type { GradRule } from "./node.ts";
import { defineOp, type Op } from "./op.ts";
import { promoted, withCasts } from "./promotion.ts";
import type { Tensor } from "./tensor.ts";

/** A tensor, or a number that stands for a tensor filled with it. */
export type Operand = Tensor | number;

/** What an op of two operands has as array or number. */
export type Value = NDArray | number;

/** The operand that is a number, if one is. */
export interface Numbers {
  readonly left?: number;
  readonly right?: number;
}

/** The two operands of an op in order, from its inputs and the number among them. */
export function operandsOf(inputs: readonly NDArray[], { left, right }: Numbers): [Value, Value] {
  return [left ?? inputs[0]!, right ?? inputs.at(-1)!];
}

/** What must be kept of an operand: numbers cost nothing. */
export function kept(...values: readonly Value[]): NDArray[] {
  return values.filter((value) => typeof value !== "number");
}

/** The gradient rules of the operands a and b; the rule of a number is left out. */
export type BinaryRules = (
  a: Value,
  b: Value,
  out: NDArray,
) => readonly [GradRule | null, GradRule | null];

/**
 * An element-wise function of two operands, either of which may be a number, with NumPy broadcasting. Operands of two
 * dtypes are taken in the wider one, integers beside a fraction as f32, as in PyTorch.
 */
/* @__NO_SIDE_EFFECTS__ */
export function binaryFunction(
  name: BinaryOp,
  rules: BinaryRules,
  traits: Traits<Numbers> = {},
): (a: Operand, b: Operand) => Tensor {
  const define: Definition<Numbers> = (inputs, numbers) => {
    const [a, b] = operandsOf(inputs, numbers);
    const out = binary(name, a, b);
    const both = rules(a, b, out);
    return { out, grads: both.filter((_, i) => typeof [a, b][i] !== "number") };
  };
  const op = defineOp(name, define, traits);
  return (a, b) => apply(op, a, b);
}

function apply(op: Op<Numbers>, a: Operand, b: Operand): Tensor {
  const name = op.opName;
  if (typeof b === "number") {
    return besideNumber(op, requireTensor(name, "at least one operand", a), { right: b });
  }
  const second = requireTensor(name, "the second operand", b);
  if (typeof a === "number") return besideNumber(op, second, { left: a });
  return promoted([requireTensor(name, "the first operand", a), second], (both) => op(both, {}));
}

function besideNumber(op: Op<Numbers>, tensor: Tensor, numbers: Numbers): Tensor {
  const value = numbers.left ?? numbers.right ?? 0;
  const { dtype } = tensor;
  if (holds(dtype, value)) return op([tensor], numbers);
  if (!Number.isInteger(value))
    return withCasts(
      [tensor],
      () => "f32",
      (cast) => op(cast, numbers),
    );
  throw new TypeError(
    `${op.opName}: the number ${value} doesn't fit the tensor's dtype ${dtype}; convert the tensor with to("f32")`,
  );
}
