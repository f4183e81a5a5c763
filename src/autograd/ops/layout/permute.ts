import { shapeText } from "../../../base/index.ts";
import { permuted } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const op = defineOp<readonly number[]>("permute", ([x], order) => {
  const inverse = order.map((_, d) => order.indexOf(d));
  return { out: permuted(x, order), grads: [saving([], (dy) => permuted(dy, inverse))] };
});

/** The dimensions in another order: out.shape[i] = input.shape[dims[i]]. The result is dense. */
export function permute(input: Tensor, dims: readonly number[]): Tensor {
  const { shape } = requireTensor("permute", "input", input);
  if (!Array.isArray(dims))
    throw new TypeError("permute: dims must be a list of numbers, e.g. [0, 2, 1]");
  const order =
    shape.length === 0 ? [] : dims.map((dim: number) => resolveDim("permute", dim, shape));
  if (dims.length !== shape.length || new Set(order).size !== shape.length) {
    throw new Error(
      `permute: dims ${shapeText(dims)} must name each dimension of ${shapeText(shape)} once`,
    );
  }
  return op([input], order);
}

/** Two dimensions exchanged. The result is dense. */
export function transpose(input: Tensor, dim0: number, dim1: number): Tensor {
  const { shape } = requireTensor("transpose", "input", input);
  const [a, b] = [resolveDim("transpose", dim0, shape), resolveDim("transpose", dim1, shape)];
  return op(
    [input],
    shape.map((_, d) => (d === a ? b : d === b ? a : d)),
  );
}
