import { type Shape, sizeOf } from "../../../base/index.ts";
import { argReduce, type Middle, type NDArray } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { reducedShape, resolveDim } from "../../dims.ts";
import { defineOp, type Op } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { gather } from "../layout/gather.ts";
import { reshape } from "../layout/reshape.ts";
import { amax, amin } from "./reductions.ts";

interface ArgReduction {
  /** null: over the flattened tensor. */
  readonly dim: number | null;
  readonly keepdim: boolean;
}

/* @__NO_SIDE_EFFECTS__ */
function defineArg(name: string, op: "max" | "min"): Op<ArgReduction> {
  return defineOp<ArgReduction>(name, ([x], { dim, keepdim }) => {
    const { indices } = argReduce(op, x, middleOf(x, dim));
    const dims = dim === null ? x.shape.map((_, d) => d) : [dim];
    return { out: indices.share(reducedShape(x.shape, dims, keepdim)), grads: [null] };
  });
}

function middleOf({ shape, size }: NDArray, dim: number | null): Middle {
  if (dim === null) return { outer: 1, length: size, inner: 1 };
  const length = shape[dim] ?? 1; // a scalar's dimension 0
  return { outer: sizeOf(shape.slice(0, dim)), length, inner: sizeOf(shape.slice(dim + 1)) };
}

const argmaxOp = defineArg("argmax", "max");
const argminOp = defineArg("argmin", "min");

function apply(
  op: Op<ArgReduction>,
  input: Tensor,
  dim: number | null | undefined,
  keepdim: boolean,
) {
  const { shape } = requireTensor(op.opName, "input", input);
  const resolved = dim === null || dim === undefined ? null : resolveDim(op.opName, dim, shape);
  return op([input], { dim: resolved, keepdim });
}

/**
 * The position of the maximum along `dim` (i32), or in the flattened tensor without one. The first
 * of several; NaN counts as the maximum.
 */
export function argmax(input: Tensor, dim?: number | null, keepdim = false): Tensor {
  return apply(argmaxOp, input, dim, keepdim);
}

/** The position of the minimum along `dim` (i32); see `argmax`. */
export function argmin(input: Tensor, dim?: number | null, keepdim = false): Tensor {
  return apply(argminOp, input, dim, keepdim);
}

/** The extreme values along a dimension and where they stand. */
export interface ValuesAndIndices {
  readonly values: Tensor;
  /** i32, of the shape of `values`. */
  readonly indices: Tensor;
}

/**
 * The maximum over everything; ties share the gradient evenly. With `dim`: the maxima along it and
 * their positions; the gradient goes to the chosen position, the first of several.
 */
export function max(input: Tensor): Tensor;
export function max(input: Tensor, dim: number, keepdim?: boolean): ValuesAndIndices;
export function max(input: Tensor, dim?: number, keepdim = false): Tensor | ValuesAndIndices {
  return dim === undefined ? amax(input) : extremes(argmax, input, dim, keepdim);
}

/** The minimum over everything, or along `dim` with its positions; see `max`. */
export function min(input: Tensor): Tensor;
export function min(input: Tensor, dim: number, keepdim?: boolean): ValuesAndIndices;
export function min(input: Tensor, dim?: number, keepdim = false): Tensor | ValuesAndIndices {
  return dim === undefined ? amin(input) : extremes(argmin, input, dim, keepdim);
}

function extremes(
  arg: typeof argmax,
  input: Tensor,
  dim: number,
  keepdim: boolean,
): ValuesAndIndices {
  const positions = arg(input, dim, true);
  const values = input.ndim === 0 ? input : gather(input, dim, positions);
  const shape: Shape = reducedShape(input.shape, [resolveDim("max", dim, input.shape)], keepdim);
  return { values: reshape(values, shape), indices: reshape(positions, shape) };
}
