import type { DType } from "../kernels/array.ts";
import { type BackwardOptions, backward } from "./backward.ts";
import type { Operand } from "./binary_op.ts";
import { add, div, mul, sub } from "./ops/arithmetic.ts";
import { cast } from "./ops/cast.ts";
import { clamp } from "./ops/clamp.ts";
import { maximum, minimum } from "./ops/extremes.ts";
import { abs, exp, log, neg, sqrt, square } from "./ops/math.ts";
import { matmul } from "./ops/matmul.ts";
import { pow } from "./ops/pow.ts";
import { Tensor } from "./tensor.ts";

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
  /** Limits the values to min..max; null leaves a side open. */
  clamp(min?: number | null, max?: number | null): Tensor;
  matmul(other: Tensor): Tensor;
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

const methods: TensorMethods & ThisType<Tensor> = {
  add(other) {
    return add(this, other);
  },
  sub(other) {
    return sub(this, other);
  },
  mul(other) {
    return mul(this, other);
  },
  div(other) {
    return div(this, other);
  },
  pow(exponent) {
    return pow(this, exponent);
  },
  maximum(other) {
    return maximum(this, other);
  },
  minimum(other) {
    return minimum(this, other);
  },
  neg() {
    return neg(this);
  },
  exp() {
    return exp(this);
  },
  log() {
    return log(this);
  },
  sqrt() {
    return sqrt(this);
  },
  abs() {
    return abs(this);
  },
  square() {
    return square(this);
  },
  clamp(min, max) {
    return clamp(this, min, max);
  },
  matmul(other) {
    return matmul(this, other);
  },
  to(dtype) {
    return cast(this, dtype);
  },
  backward(gradient, options) {
    backward(this, gradient ?? undefined, options);
  },
};

Object.assign(Tensor.prototype, methods);
