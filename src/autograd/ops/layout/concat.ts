import { sameShape, shapeText } from "../../../base/index.ts";
import { cutOut, joined } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { resolveDim, resolveNewDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import { promoted } from "../../promotion.ts";
import type { Tensor } from "../../tensor.ts";
import { reshape } from "./reshape.ts";

const op = defineOp<number>("concat", (arrays, dim) => {
  let end = 0;
  const grads = arrays.map(({ shape }) => {
    const start = end;
    end += shape[dim]!;
    return saving([], (dy) => cutOut(dy, dim, start, shape[dim]!));
  });
  return { out: joined(arrays, dim), grads };
});

/**
 * Tensors whose shapes agree except along `dim`, one after the other along it. Those of several dtypes meet in the
 * widest.
 */
export function concat(tensors: readonly Tensor[], dim = 0): Tensor {
  const first = checkList("concat", tensors);
  if (first.ndim === 0) throw new Error("concat: scalars have no dimension to join; use stack");
  const along = resolveDim("concat", dim, first.shape);
  for (const [i, { shape }] of tensors.entries()) {
    const agrees =
      shape.length === first.ndim && shape.every((n, d) => d === along || n === first.shape[d]);
    if (!agrees) {
      throw new Error(
        `concat: tensor ${i} has shape ${shapeText(shape)}, the first ${shapeText(first.shape)}: they must agree except along dim ${dim}`,
      );
    }
  }
  return promoted(tensors, (same) => op(same, along));
}

/** Tensors of one shape side by side along a new dimension. Those of several dtypes meet in the widest. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  const { shape } = checkList("stack", tensors);
  const place = resolveNewDim("stack", dim, shape);
  for (const [i, tensor] of tensors.entries()) {
    if (sameShape(tensor.shape, shape)) continue;
    throw new Error(
      `stack: tensor ${i} has shape ${shapeText(tensor.shape)}, the first ${shapeText(shape)}`,
    );
  }
  const rows = tensors.map((tensor) => reshape(tensor, shape.toSpliced(place, 0, 1)));
  return promoted(rows, (same) => op(same, place));
}

function checkList(name: string, tensors: readonly Tensor[]): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(`${name}: expects a list of at least one tensor`);
  }
  const first = requireTensor(name, "tensor 0", tensors[0]);
  for (const [i, tensor] of tensors.entries()) requireTensor(name, `tensor ${i}`, tensor);
  return first;
}
