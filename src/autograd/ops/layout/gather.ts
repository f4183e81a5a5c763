import { shapeText } from "../../../base/index.ts";
import { gatherAlong, gatherGradient, upload } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import { Tensor } from "../../tensor.ts";

const op = defineOp<number>("gather", ([x, indices], dim) => ({
  out: gatherAlong(x, dim, indices),
  grads: [saving([indices], (dy) => gatherGradient(dy, x.shape, dim, indices)), null],
}));

/**
 * One entry along `dim` per element of `indices`: out[i, j, k] = input[i, indices[i, j, k], k] for
 * dim 1. `indices` (i32 or u32) has the input's shape except along `dim`. The gradient is summed in
 * a fixed order. An index out of range gives NaN (0 for integers).
 */
export function gather(input: Tensor, dim: number, indices: Tensor): Tensor {
  return op([input, indices], requirePlaces("gather", input, dim, indices));
}

/** The dimension along which indices name places of an input. @throws Error when they are none, or don't fit. */
export function requirePlaces(name: string, input: Tensor, dim: number, indices: Tensor): number {
  const { shape } = requireTensor(name, "input", input);
  const along = resolveDim(name, dim, shape);
  requireIndices(name, indices);
  const fits = indices.shape.every((n, d) => d === along || n === shape[d]);
  if (shape.length > 0 && indices.ndim === shape.length && fits) return along;
  throw new Error(
    `${name}: indices of shape ${shapeText(indices.shape)} don't fit input ${shapeText(shape)}: the shapes must agree except along dim ${dim}`,
  );
}

/**
 * The entries `indices` along `dim`, in that order: rows of a matrix for dim 0. Indices are a list
 * of numbers (checked) or a one-dimensional i32 or u32 tensor (an index out of range gives NaN, 0 for
 * integers). The gradient of entries chosen repeatedly is summed in a fixed order.
 */
export function indexSelect(
  input: Tensor,
  dim: number,
  indices: Tensor | readonly number[] | Int32Array,
): Tensor {
  const { shape } = requireTensor("indexSelect", "input", input);
  const along = resolveDim("indexSelect", dim, shape);
  const list = indices instanceof Tensor ? indices : indexList(indices, shape[along] ?? 0);
  requireIndices("indexSelect", list);
  if (shape.length === 0 || list.ndim !== 1) {
    throw new Error(
      `indexSelect: input ${shapeText(shape)} needs a dimension, and indices ${shapeText(list.shape)} exactly one`,
    );
  }
  return op([input, list], along);
}

function indexList(indices: readonly number[] | Int32Array, length: number): Tensor {
  indices.forEach((index, i) => {
    if (Number.isInteger(index) && index >= 0 && index < length) return;
    throw new RangeError(`indexSelect: index ${index} at position ${i} is not in 0..${length - 1}`);
  });
  return new Tensor(upload(Int32Array.from(indices), [indices.length], "i32"));
}

function requireIndices(name: string, indices: Tensor): void {
  const { dtype } = requireTensor(name, "indices", indices);
  if (dtype === "i32" || dtype === "u32") return;
  throw new TypeError(
    `${name}: indices have dtype ${dtype}; they must be i32 or u32: convert them with to("i32")`,
  );
}
