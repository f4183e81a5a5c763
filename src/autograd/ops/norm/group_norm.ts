import { checkOptions, shapeText, sizeOf } from "../../../base/index.ts";
import { requireFloat, requireNumber, requireRank } from "../../checks.ts";
import type { Tensor } from "../../tensor.ts";
import { type AffineOptions, defineRowNorm } from "./row_norm.ts";

export interface GroupNormOptions extends AffineOptions {
  /** Default 1e-5. */
  eps?: number;
}

const KNOWN = ["weight", "bias", "eps"];
const group = defineRowNorm("groupNorm");

/**
 * Normalises each sample of [N, C, …] over groups of neighbouring channels: (x − mean) / √(variance + eps) · weight + bias
 * (Wu & He, https://arxiv.org/abs/1803.08494). Weight and bias are f32 [C], 1 and 0 when absent.
 *
 * @throws Error when the channels can't be shared out evenly.
 */
export function groupNorm(
  input: Tensor,
  numGroups: number,
  options: GroupNormOptions = {},
): Tensor {
  checkOptions("groupNorm", options, KNOWN);
  return grouped("groupNorm", input, numGroups, options);
}

/**
 * Normalises each channel of each sample of [N, C, …] by itself (Ulyanov, Vedaldi & Lempitsky,
 * https://arxiv.org/abs/1607.08022): group normalisation with groups of one channel. There are no running statistics.
 */
export function instanceNorm(input: Tensor, options: GroupNormOptions = {}): Tensor {
  checkOptions("instanceNorm", options, KNOWN);
  requireFloat("instanceNorm", "input", input);
  return grouped("instanceNorm", input, input.shape[1] ?? 1, options);
}

function grouped(name: string, input: Tensor, groups: number, options: GroupNormOptions): Tensor {
  requireFloat(name, "input", input);
  requireRank(name, "input", input, 2, 6, "[N, C] or [N, C, …]");
  const [samples, channels, ...sides] = input.shape as [number, number, ...number[]];
  if (!(groups >= 1 && channels % groups === 0)) {
    throw new Error(
      `${name}: the ${channels} channels of input ${shapeText(input.shape)} can't be shared out evenly among ${groups} groups`,
    );
  }
  const eps = requireNumber(name, "eps", options.eps ?? 1e-5, 0);
  const layout = { samples, channels, inner: sizeOf(sides), groups };
  return group(input, { layout, eps, isCentered: true }, options, [channels]);
}
