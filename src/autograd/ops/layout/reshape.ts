import { type Shape, shapeText, sizeOf } from "../../../base/index.ts";
import { checkShape } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { type Dims, resolveDim, resolveDims, resolveNewDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const op = defineOp<Shape>("reshape", ([x], shape) => ({
  out: x.share(shape),
  grads: [saving([], (dy) => dy.share(x.shape))],
}));

/**
 * The same values in another shape, sharing memory. One size may be −1: it is what is left.
 * @throws Error when the sizes don't multiply to the number of elements.
 */
export function reshape(input: Tensor, shape: Shape): Tensor {
  const { size } = requireTensor("reshape", "input", input);
  if (!Array.isArray(shape))
    throw new TypeError("reshape: the shape must be a list of numbers, e.g. [2, -1]");
  const unknown = shape.filter((n: number) => n === -1).length;
  const known = sizeOf(shape.filter((n: number) => n !== -1));
  const full = unknown === 1 ? shape.map((n: number) => (n === -1 ? size / known : n)) : [...shape];
  if (unknown > 1 || sizeOf(full) !== size || !full.every(Number.isInteger)) {
    throw new Error(
      `reshape: ${shapeText(input.shape)} has ${size} elements, which don't fit ${shapeText(shape)}` +
        (unknown > 1 ? ": only one size may be -1" : ""),
    );
  }
  checkShape(full);
  return op([input], full);
}

/** Dimensions `startDim` to `endDim` as one, sharing memory. A scalar becomes [1]. */
export function flatten(input: Tensor, startDim = 0, endDim = -1): Tensor {
  const { shape } = requireTensor("flatten", "input", input);
  const start = resolveDim("flatten", startDim, shape);
  const end = resolveDim("flatten", endDim, shape);
  if (start > end) {
    throw new RangeError(
      `flatten: startDim ${startDim} comes after endDim ${endDim} in ${shapeText(shape)}`,
    );
  }
  const middle = sizeOf(shape.slice(start, end + 1));
  return op([input], [...shape.slice(0, start), middle, ...shape.slice(end + 1)]);
}

/** Without the dimensions `dim` (one or several) that are 1, or without any that is 1; shares memory. */
export function squeeze(input: Tensor, dim?: Dims): Tensor {
  const { shape } = requireTensor("squeeze", "input", input);
  const dims = resolveDims("squeeze", shape.length === 0 ? null : dim, shape);
  return op(
    [input],
    shape.filter((n, d) => n !== 1 || !dims.includes(d)),
  );
}

/** With a new dimension of size 1 at `dim`; shares memory. */
export function unsqueeze(input: Tensor, dim: number): Tensor {
  const { shape } = requireTensor("unsqueeze", "input", input);
  const place = resolveNewDim("unsqueeze", dim, shape);
  return op([input], shape.toSpliced(place, 0, 1));
}
