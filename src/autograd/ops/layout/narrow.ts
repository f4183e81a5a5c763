import { shapeText } from "../../../base/index.ts";
import { cutOut, padConstant } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

interface Cut {
  readonly dim: number;
  readonly start: number;
  readonly length: number;
}

const op = defineOp<Cut>("narrow", ([x], { dim, start, length }) => {
  const none = x.shape.map(() => 0);
  const padding = {
    before: none.with(dim, start),
    after: none.with(dim, x.shape[dim]! - start - length),
  };
  return {
    out: cutOut(x, dim, start, length),
    grads: [saving([], (dy) => padConstant(dy, padding))],
  };
});

/** `length` entries of dimension `dim` from `start` on; a negative start counts from the end. */
export function narrow(input: Tensor, dim: number, start: number, length: number): Tensor {
  const { shape } = requireTensor("narrow", "input", input);
  const along = resolveDim("narrow", dim, shape);
  const size = shape[along] ?? 0;
  const first = start < 0 ? start + size : start;
  const whole = Number.isInteger(first) && Number.isInteger(length);
  if (!whole || first < 0 || length < 1 || first + length > size) {
    throw new RangeError(
      `narrow: ${length} entries from ${start} on are not within dim ${dim} of ${shapeText(shape)}`,
    );
  }
  return op([input], { dim: along, start: first, length });
}
