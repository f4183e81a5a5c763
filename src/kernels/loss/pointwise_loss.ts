import source from "../../../shaders/loss/pointwise_loss.wgsl";
import gradSource from "../../../shaders/loss/pointwise_loss_grad.wgsl";
import { constantName, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { reduce } from "../reduce/reduce.ts";
import type { Reduction } from "./cross_entropy.ts";

export type PointwiseLoss =
  | "mse"
  | "l1"
  | "smoothL1"
  | "bce"
  | "probability"
  | "divergence"
  | "logDivergence";

const SLICE = 4096;

export interface PointwiseLossOptions {
  readonly loss: PointwiseLoss;
  readonly reduction: Reduction;
  /** Where smoothL1 changes from a parabola to a line. */
  readonly beta?: number;
}

export interface PointwiseLossInputs {
  /** Same shape. */
  readonly x: NDArray;
  readonly y: NDArray;
  /** f32, of x's last dimensions: repeated over the leading ones. */
  readonly weight?: NDArray | null;
  readonly positiveWeight?: NDArray | null;
}

/** The losses (f32, x's shape) or their mean or sum (shape []). */
export function pointwiseLoss(inputs: PointwiseLossInputs, options: PointwiseLossOptions): NDArray {
  const { x } = inputs;
  const reduced = options.reduction !== "none";
  const slices = Math.ceil(x.size / SLICE);
  const divisor = options.reduction === "mean" ? x.size : 1;
  const out = allocate(reduced ? [slices] : x.shape);
  const constants = { ...constantsOf(inputs, options), SLICE, REDUCE: reduced };
  launch(
    specialize(source, constants),
    { ...tensorsOf(inputs), out },
    paramsOf(inputs, options, slices === 1 ? 1 / divisor : 1),
    reduced ? linearGrid(slices, 1) : linearGrid(x.size),
  );
  if (!reduced) return out;
  return (slices === 1 ? out : reduce("sum", out, [0], divisor)).share([]);
}

/** The gradient with respect to x or y. dy is f32. */
export function pointwiseLossGrad(
  inputs: PointwiseLossInputs,
  dy: NDArray,
  options: PointwiseLossOptions,
  of: "x" | "y",
): NDArray {
  const { x } = inputs;
  const { dtype } = inputs[of];
  const dx = allocate(x.shape, dtype);
  const constants = {
    ...constantsOf(inputs, options),
    TD: dtype,
    OF_Y: of === "y",
    SCALAR: options.reduction !== "none",
  };
  launch(
    specialize(gradSource, constants),
    { ...tensorsOf(inputs), dy, dx },
    paramsOf(inputs, options, options.reduction === "mean" ? 1 / x.size : 1),
    linearGrid(x.size),
  );
  return dx;
}

function constantsOf(inputs: PointwiseLossInputs, { loss }: PointwiseLossOptions) {
  return {
    TX: inputs.x.dtype,
    TY: inputs.y.dtype,
    LOSS: constantName(loss),
    WEIGHTED: Boolean(inputs.weight),
    POSITIVE_WEIGHTED: Boolean(inputs.positiveWeight),
  };
}

function tensorsOf({ x, y, weight, positiveWeight }: PointwiseLossInputs) {
  return { x, y, weight: weight ?? x, positive_weight: positiveWeight ?? x };
}

function paramsOf(
  { x, weight, positiveWeight }: PointwiseLossInputs,
  { beta = 1 }: PointwiseLossOptions,
  scale: number,
) {
  return {
    n: x.size,
    weights: weight?.size ?? 1,
    positive_weights: positiveWeight?.size ?? 1,
    beta,
    scale,
  };
}
