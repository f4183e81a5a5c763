import type { Shape } from "../base/index.ts";
import type { DType } from "../kernels/index.ts";
import { type BackwardOptions, backward } from "./backward.ts";
import type { Operand } from "./binary_op.ts";
import type { Dims } from "./dims.ts";
import { add, div, mul, sub } from "./ops/elementwise/arithmetic.ts";
import { cast } from "./ops/elementwise/cast.ts";
import { type Bounds, clamp } from "./ops/elementwise/clamp.ts";
import { eq, ge, gt, le, lt, ne } from "./ops/elementwise/compare.ts";
import { maximum, minimum } from "./ops/elementwise/extremes.ts";
import { abs, exp, log, neg, sqrt, square } from "./ops/elementwise/math.ts";
import { pow } from "./ops/elementwise/pow.ts";
import { clone } from "./ops/layout/clone.ts";
import { expand } from "./ops/layout/expand.ts";
import { gather, indexSelect } from "./ops/layout/gather.ts";
import { narrow } from "./ops/layout/narrow.ts";
import { permute, transpose } from "./ops/layout/permute.ts";
import { flatten, reshape, squeeze, unsqueeze } from "./ops/layout/reshape.ts";
import { matmul } from "./ops/matmul/matmul.ts";
import { argmax, argmin, max, min, type ValuesAndIndices } from "./ops/reduce/arg_reductions.ts";
import { amax, amin, mean, sum } from "./ops/reduce/reductions.ts";
import { refuseMethods } from "./refuse_methods.ts";
import { Tensor } from "./tensor.ts";

/** As in PyTorch, `reshape(2, 3)` and `reshape([2, 3])` are the same. */
type NumbersOrList = readonly number[] | readonly [Shape];

function isList(args: NumbersOrList): args is readonly [Shape] {
  return Array.isArray(args[0]);
}

const listOf = (args: NumbersOrList): Shape => (isList(args) ? args[0] : args);

/** What can be called on a tensor, beside its own members. Each is the function of the same name in `F`. */
export interface TensorMethods {
  /** this + other, with NumPy broadcasting. */
  add(other: Operand): Tensor;
  sub(other: Operand): Tensor;
  /** Element by element; see `matmul` for the matrix product. */
  mul(other: Operand): Tensor;
  /** Integers are divided as f32. */
  div(other: Operand): Tensor;
  pow(exponent: Operand): Tensor;
  maximum(other: Operand): Tensor;
  minimum(other: Operand): Tensor;
  neg(): Tensor;
  exp(): Tensor;
  /** The natural logarithm. */
  log(): Tensor;
  sqrt(): Tensor;
  abs(): Tensor;
  square(): Tensor;
  /** Limits the values to min..max, or to those of { min, max }; null leaves a side open. */
  clamp(min?: number | Bounds | null, max?: number | null): Tensor;
  /** Comparisons give u32 ones and zeros. */
  eq(other: Operand): Tensor;
  ne(other: Operand): Tensor;
  lt(other: Operand): Tensor;
  le(other: Operand): Tensor;
  gt(other: Operand): Tensor;
  ge(other: Operand): Tensor;
  /** The sum over one dimension, several, or all; with `keepdim` they stay, as ones. */
  sum(dim?: Dims, keepdim?: boolean): Tensor;
  mean(dim?: Dims, keepdim?: boolean): Tensor;
  /** The maximum over one dimension, several, or all. */
  amax(dim?: Dims, keepdim?: boolean): Tensor;
  amin(dim?: Dims, keepdim?: boolean): Tensor;
  /** The maximum over everything, or the maxima along `dim` with their positions. */
  max(): Tensor;
  max(dim: number, keepdim?: boolean): ValuesAndIndices;
  min(): Tensor;
  min(dim: number, keepdim?: boolean): ValuesAndIndices;
  /** The position of the maximum (i32) along `dim`, or in the flattened tensor; the first of several. */
  argmax(dim?: number | null, keepdim?: boolean): Tensor;
  argmin(dim?: number | null, keepdim?: boolean): Tensor;
  /** The matrix product; vectors, batches and broadcast batches too. */
  matmul(other: Tensor): Tensor;
  /** Another shape of the same size, sharing memory; one size may be −1. */
  reshape(...shape: NumbersOrList): Tensor;
  /** Dimensions startDim to endDim as one. */
  flatten(startDim?: number, endDim?: number): Tensor;
  squeeze(dim?: Dims): Tensor;
  unsqueeze(dim: number): Tensor;
  /** The dimensions in another order. */
  permute(...dims: NumbersOrList): Tensor;
  transpose(dim0: number, dim1: number): Tensor;
  /** Repeats dimensions of size 1 to `shape`; −1 keeps a size. */
  expand(...shape: NumbersOrList): Tensor;
  /** `length` entries of dimension `dim` from `start` on. */
  narrow(dim: number, start: number, length: number): Tensor;
  /** One entry along `dim` per element of `indices`. */
  gather(dim: number, indices: Tensor): Tensor;
  /** The entries `indices` along `dim`, in that order. */
  indexSelect(dim: number, indices: Tensor | readonly number[] | Int32Array): Tensor;
  /** The same values in memory of their own. */
  clone(): Tensor;
  /** Reads the values and writes them to the console, in rows and columns as PyTorch does. */
  print(): Promise<void>;
  /** The same numbers in another dtype; floats are cut towards zero to become integers. */
  to(dtype: DType): Tensor;
  /**
   * Computes the gradients of this tensor with respect to every leaf that requires one and adds
   * them to the leaves' `grad`.
   *
   * @param gradient dL/d(this); may be left out for a one-element tensor.
   * @throws Error when nothing requires a gradient, or the graph was freed by an earlier backward().
   */
  backward(gradient?: Tensor | null, options?: BackwardOptions): void;
}

declare module "./tensor.ts" {
  interface Tensor extends TensorMethods {}
}

/** The functions behind the methods, which take the tensor first. */
type Functions = {
  [Name in keyof TensorMethods]: (
    self: Tensor,
    ...args: Parameters<TensorMethods[Name]>
  ) => ReturnType<TensorMethods[Name]>;
};

const functions: Functions = {
  ...{ add, sub, mul, div, pow, maximum, minimum, clamp },
  ...{ neg, exp, log, sqrt, abs, square },
  ...{ eq, ne, lt, le, gt, ge },
  ...{ sum, mean, amax, amin, max, min, argmax, argmin },
  ...{ matmul, flatten, squeeze, unsqueeze, transpose, narrow },
  reshape: (self, ...shape) => reshape(self, listOf(shape)),
  permute: (self, ...dims) => permute(self, listOf(dims)),
  expand: (self, ...shape) => expand(self, listOf(shape)),
  ...{ gather, indexSelect, clone, print, to: cast, backward },
};

async function print(self: Tensor): Promise<void> {
  const { tensorText } = await import("./print.ts");
  console.log(tensorText(await self.data(), self.shape, String(self)));
}

for (const [name, apply] of Object.entries(functions)) {
  const value = function (this: Tensor, ...args: unknown[]): unknown {
    return Reflect.apply(apply, undefined, [this, ...args]);
  };
  Object.defineProperty(Tensor.prototype, name, { value, configurable: true, writable: true });
}

refuseMethods(Tensor.prototype, "tensor", [
  "cuda cpu contiguous: nothing to do",
  "numpy tolist: await tensor.data()",
  "view: tensor.reshape()",
  'float half int long: tensor.to("f32")',
  "dim: tensor.ndim",
  "mm bmm: tensor.matmul()",
  "add_ sub_ mul_ div_ unsqueeze_: tensors don't change; x = x.add(y)",
  "repeat: tensor.expand() or F.concat()",
  "split chunk flip roll sort argsort topk cumsum scatter sin cos tanh erf where softmax relu sigmoid var std: F",
]);
