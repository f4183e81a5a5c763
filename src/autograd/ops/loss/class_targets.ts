import { checkOptions, sameShape, shapeText } from "../../../base/index.ts";
import {
  type CrossEntropyOptions,
  isFloat,
  type Reduction,
  rowsAlong,
} from "../../../kernels/index.ts";
import {
  requireF32,
  requireFloat,
  requireNumber,
  requireShape,
  requireTensor,
} from "../../checks.ts";
import type { Tensor } from "../../tensor.ts";
import { checkReduction } from "./targets.ts";

export interface ClassLossOptions {
  /** Weight of each class, f32 [C]. */
  weight?: Tensor | null;
  /** Labels with this value are left out. Default −100. */
  ignoreIndex?: number;
  /** Default "mean". */
  reduction?: Reduction;
}

/** As a loss over classes defines itself. */
export interface ClassLossAttributes extends CrossEntropyOptions {
  readonly lossShape: readonly number[];
}

/** Checks the arguments of a loss over classes and spells out its options. */
export function resolveClassLoss(
  name: string,
  takesLogits: boolean,
  input: Tensor,
  target: Tensor,
  options: ClassLossOptions & { labelSmoothing?: number },
): { inputs: Tensor[]; attributes: ClassLossAttributes } {
  const known = ["weight", "ignoreIndex", "reduction"];
  checkOptions(name, options, takesLogits ? [...known, "labelSmoothing"] : known);
  requireFloat(name, "input", input);
  const probabilities = holdsProbabilities(name, input, target, takesLogits);
  const { ignoreIndex = -100, labelSmoothing = 0, reduction, weight } = options;
  if (!Number.isInteger(ignoreIndex)) {
    throw new RangeError(`${name}: ignoreIndex is ${ignoreIndex}; it must be a whole number`);
  }
  if (probabilities && ignoreIndex >= 0) {
    throw new Error(`${name}: ignoreIndex is for class labels; this target holds probabilities`);
  }
  const dim = input.ndim === 1 ? 0 : 1;
  const rows = rowsAlong(input.shape, dim);
  if (weight) checkWeight(name, weight, rows.length);
  const attributes = {
    rows,
    reduction: checkReduction(name, reduction),
    ignoreIndex,
    labelSmoothing: requireNumber(name, "labelSmoothing", labelSmoothing, 0, 1),
    probabilities,
    logInput: !takesLogits,
    lossShape: without(input.shape, dim),
  };
  return { inputs: weight ? [input, target, weight] : [input, target], attributes };
}

function checkWeight(name: string, weight: Tensor, classes: number): void {
  requireF32(name, "weight", weight);
  requireShape(name, "weight", weight, [classes], `a weight for each of ${classes} classes`);
}

/** Whether the target holds probabilities. @throws Error when it fits neither form. */
function holdsProbabilities(
  name: string,
  input: Tensor,
  target: Tensor,
  allowed: boolean,
): boolean {
  requireTensor(name, "target", target);
  if (input.ndim === 0)
    throw new Error(`${name}: input has shape []; [N, C] or [N, C, d1, …] is expected`);
  const labelShape = without(input.shape, input.ndim === 1 ? 0 : 1);
  if (sameShape(target.shape, labelShape) && !isFloat(target.dtype)) return false;
  if (allowed && sameShape(target.shape, input.shape) && isFloat(target.dtype)) return true;
  const orProbabilities = allowed
    ? `, or f32 probabilities of shape ${shapeText(input.shape)}`
    : "";
  throw new Error(
    `${name}: target has shape ${shapeText(target.shape)} and dtype ${target.dtype}; for input of shape ` +
      `${shapeText(input.shape)} give class labels (i32 or u32) of shape ${shapeText(labelShape)}${orProbabilities}`,
  );
}

function without(shape: readonly number[], dim: number): number[] {
  return shape.filter((_, d) => d !== dim);
}
