import source from "../../../shaders/loss/cross_entropy.wgsl";
import gradSource from "../../../shaders/loss/cross_entropy_grad.wgsl";
import { type Shape, sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { lanesFor, type Rows, rowGrid } from "../reduce/rows.ts";
import { weightedMean } from "./weighted_mean.ts";

export type Reduction = "mean" | "sum" | "none";

export interface CrossEntropyOptions {
  readonly rows: Rows;
  readonly reduction: Reduction;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  /** Targets are probabilities of the logits' shape rather than class labels. */
  readonly probabilities: boolean;
  /** The input is log-probabilities already. */
  readonly logInput: boolean;
}

export interface CrossEntropyInputs {
  /** [outer, classes, inner], as `rows` says. */
  readonly x: NDArray;
  readonly labels: NDArray;
  readonly weight: NDArray | null;
}

/** What the gradient needs besides the inputs: maximum, 1 / Σ exp and Σ q per row; the mean's denominator. */
export interface CrossEntropyResult {
  readonly out: NDArray;
  readonly rows: NDArray;
  readonly denominator: NDArray;
}

/** `lossShape` is the shape of the result without reduction. */
export function crossEntropy(
  { x, labels, weight }: CrossEntropyInputs,
  options: CrossEntropyOptions,
  lossShape: Shape,
): CrossEntropyResult {
  const { rows: layout, reduction, probabilities, logInput, labelSmoothing } = options;
  const pairs = reduction !== "none";
  const losses = allocate(pairs ? [layout.count, 2] : lossShape);
  const rows = allocate([layout.count, 3]);
  const lanes = logInput && !probabilities && labelSmoothing === 0 ? 1 : lanesFor(layout);
  const constants = {
    T: x.dtype,
    L: labels.dtype,
    LANES: lanes,
    PROBABILITIES: probabilities,
    SMOOTHING: labelSmoothing > 0,
    WEIGHTED: weight !== null,
    LOG_INPUT: logInput,
    PAIRS: pairs,
  };
  launch(
    specialize(source, constants),
    { x, labels, weight: weight ?? x, losses, rows },
    { rows: layout.count, ...targetParams(options) },
    rowGrid(layout, lanes),
  );
  if (!pairs) return { out: losses, rows, denominator: rows };
  return { ...weightedMean(losses, reduction), rows };
}

/** The gradient with respect to the logits, or to the probabilities given as target. */
export function crossEntropyGrad(
  { x, labels, weight }: CrossEntropyInputs,
  { rows, denominator }: CrossEntropyResult,
  dy: NDArray,
  options: CrossEntropyOptions,
  of: "logits" | "target",
): NDArray {
  const { reduction, probabilities, logInput } = options;
  const dx = allocate((of === "target" ? labels : x).shape, x.dtype);
  const constants = {
    T: x.dtype,
    L: labels.dtype,
    PROBABILITIES: probabilities,
    WEIGHTED: weight !== null,
    LOG_INPUT: logInput,
    OF_TARGET: of === "target",
    SCALAR: reduction !== "none",
    MEAN: reduction === "mean",
  };
  launch(
    specialize(gradSource, constants),
    { x, labels, weight: weight ?? x, rows, denominator, dy, dx },
    { n: sizeOf(x.shape), ...targetParams(options) },
    linearGrid(sizeOf(x.shape)),
  );
  return dx;
}

function targetParams({ rows, ignoreIndex, labelSmoothing }: CrossEntropyOptions) {
  return {
    classes: rows.length,
    inner: rows.inner,
    ignore: ignoreIndex,
    keep: 1 - labelSmoothing,
    spread: labelSmoothing / rows.length,
  };
}
