import { gatherAlong, type NDArray, upload } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { reshape } from "./reshape.ts";

interface Roll {
  readonly dim: number;
  readonly shift: number;
}

const op = defineOp<Roll>("roll", ([x], { dim, shift }) => ({
  out: rolled(x, dim, shift),
  grads: [saving([], (dy) => rolled(dy, dim, -shift))],
}));

function rolled(x: NDArray, dim: number, shift: number): NDArray {
  const length = x.shape[dim]!;
  const from = (i: number) => (((i - shift) % length) + length) % length;
  const places = Int32Array.from({ length }, (_, i) => from(i));
  return gatherAlong(x, dim, upload(places, [length], "i32"));
}

/**
 * The entries along `dims` moved on by `shifts` places; those that leave at the end come back at the start. Without
 * `dims` the flattened tensor is rolled.
 *
 * @throws Error when there isn't one shift for each dimension.
 */
export function roll(
  input: Tensor,
  shifts: number | readonly number[],
  dims?: number | readonly number[] | null,
): Tensor {
  const { shape } = requireTensor("roll", "input", input);
  const steps = [shifts].flat();
  for (const step of steps)
    if (!Number.isInteger(step)) throw new RangeError(`roll: shift ${step} must be a whole number`);
  if (dims === undefined || dims === null) {
    if (steps.length !== 1) throw new Error("roll: several shifts need as many dims");
    return reshape(op([reshape(input, [-1])], { dim: 0, shift: steps[0]! }), shape);
  }
  const along = [dims].flat().map((dim) => resolveDim("roll", dim, shape));
  if (along.length !== steps.length)
    throw new Error(`roll: ${steps.length} shifts don't fit ${along.length} dims`);
  if (shape.length === 0) return input;
  return along.reduce((x, dim, i) => op([x], { dim, shift: steps[i]! }), input);
}
