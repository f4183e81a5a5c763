import type { Ref } from "../op_info.ts";
import { generate, reduceRef, scalar } from "./array.ts";

export interface ClassLossCase {
  readonly weight?: readonly number[];
  readonly ignoreIndex?: number;
  readonly labelSmoothing?: number;
  readonly reduction?: "mean" | "sum" | "none";
  /** The input is log-probabilities. */
  readonly logInput?: boolean;
}

/** Softmax along `dim`, or its logarithm. */
export function softmaxRef(x: Ref, dim: number, log: boolean): Ref {
  const { length, inner } = along(x.shape, dim);
  const data = new Float64Array(x.data.length);
  for (let row = 0; row < x.data.length / length; row++) {
    const start = Math.floor(row / inner) * length * inner + (row % inner);
    const at = Array.from({ length }, (_, c) => start + c * inner);
    const top = at.reduce((best, i) => Math.max(best, x.data[i]!), Number.NEGATIVE_INFINITY);
    const sum = at.reduce((total, i) => total + Math.exp(x.data[i]! - top), 0);
    for (const i of at) {
      const logp = x.data[i]! - top - Math.log(sum);
      data[i] = log ? logp : Math.exp(logp);
    }
  }
  return { shape: x.shape, data };
}

export function along(shape: readonly number[], dim: number) {
  const inner = shape.slice(dim + 1).reduce((a, b) => a * b, 1);
  return { length: shape[dim] ?? 1, inner };
}

/**
 * PyTorch's cross_entropy with every option, straight from its definition: labels (target without
 * the class dimension) or probabilities (target of the input's shape).
 */
export function classLossRef(x: Ref, target: Ref, options: ClassLossCase): Ref {
  const { weight, ignoreIndex = -100, labelSmoothing = 0, reduction = "mean", logInput } = options;
  const dim = x.shape.length === 1 ? 0 : 1;
  const { length: classes, inner } = along(x.shape, dim);
  const logp = logInput ? x : softmaxRef(x, dim, true);
  const lossShape = x.shape.filter((_, d) => d !== dim);
  const probabilities = target.shape.length === x.shape.length;
  let shares = 0;
  const losses = generate(lossShape, (row) => {
    const base = Math.floor(row / inner) * classes * inner + (row % inner);
    const label = target.data[row]!;
    if (!probabilities && label === ignoreIndex) return 0;
    if (!probabilities && !(label >= 0 && label < classes)) return Number.NaN;
    shares += probabilities ? 1 : (weight?.[label] ?? 1);
    let loss = 0;
    for (let c = 0; c < classes; c++) {
      const at = base + c * inner;
      const hard = probabilities ? target.data[at]! : Number(c === label);
      const soft = hard * (1 - labelSmoothing) + labelSmoothing / classes;
      if (soft !== 0) loss -= soft * (weight?.[c] ?? 1) * logp.data[at]!;
    }
    return loss;
  });
  if (reduction !== "mean") return reduceRef(losses, reduction);
  return scalar(reduceRef(losses, "sum").data[0]! / shares);
}
