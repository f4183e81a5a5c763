import { checkOptions, type Shape, sameShape, shapeText, sizeOf } from "../../../base/index.ts";
import type { RowLayout } from "../../../kernels/index.ts";
import { requireFloat, requireNumber } from "../../checks.ts";
import type { Tensor } from "../../tensor.ts";
import { type AffineOptions, defineRowNorm } from "./row_norm.ts";

export interface RmsNormOptions {
  /** What is multiplied with, f32 [...normalizedShape]; 1 when absent. */
  weight?: Tensor | null;
  /** Default: the smallest number that changes 1 in f32, 1.19e-7. */
  eps?: number;
  /** As in `layerNorm`. */
  dim?: number;
}

export interface LayerNormOptions extends AffineOptions {
  /** Default 1e-5. */
  eps?: number;
  /**
   * Where in the input the normalised dimensions begin. Default: they are the last ones. With 1, each place of a map
   * [N, C, H, W] is normalised over its channels.
   */
  dim?: number;
}

const layer = defineRowNorm("layerNorm");
const rms = defineRowNorm("rmsNorm");

/**
 * (x − mean) / √(variance + eps) · weight + bias over the last dimensions, which `normalizedShape` gives (Ba, Kiros & Hinton,
 * https://arxiv.org/abs/1607.06450). Weight and bias are f32 of that shape, 1 and 0 when absent.
 *
 * @throws Error when the input's dimensions aren't those of `normalizedShape`.
 */
export function layerNorm(
  input: Tensor,
  normalizedShape: number | Shape,
  options: LayerNormOptions = {},
): Tensor {
  checkOptions("layerNorm", options, ["weight", "bias", "eps", "dim"]);
  const normalized = shapeOf(normalizedShape);
  const layout = layoutOf("layerNorm", input, normalized, options.dim);
  const eps = requireNumber("layerNorm", "eps", options.eps ?? 1e-5, 0);
  return layer(input, { layout, eps, isCentered: true }, options, normalized);
}

/**
 * x / √(mean of x² + eps) · weight over the last dimensions, which `normalizedShape` gives (Zhang & Sennrich,
 * https://arxiv.org/abs/1910.07467).
 *
 * @throws Error when the input doesn't end in these dimensions.
 */
export function rmsNorm(
  input: Tensor,
  normalizedShape: number | Shape,
  options: RmsNormOptions = {},
): Tensor {
  checkOptions("rmsNorm", options, ["weight", "eps", "dim"]);
  const normalized = shapeOf(normalizedShape);
  const layout = layoutOf("rmsNorm", input, normalized, options.dim);
  const eps = requireNumber("rmsNorm", "eps", options.eps ?? 2 ** -23, 0);
  return rms(input, { layout, eps, isCentered: false }, { weight: options.weight }, normalized);
}

const shapeOf = (shape: number | Shape): Shape => (typeof shape === "number" ? [shape] : shape);

function layoutOf(name: string, input: Tensor, normalized: Shape, dim?: number): RowLayout {
  const { shape } = requireFloat(name, "input", input);
  const first = dim ?? shape.length - normalized.length;
  const end = first + normalized.length;
  const isThere = first >= 0 && sameShape(shape.slice(first, end), normalized);
  if (normalized.length === 0 || !isThere) {
    const place = dim === undefined ? "ends in" : `has at dim ${dim}`;
    throw new Error(
      `${name}: normalizedShape is ${shapeText(normalized)}, which isn't what the input ${shapeText(shape)} ${place}`,
    );
  }
  const inner = sizeOf(shape.slice(end));
  const samples = sizeOf(shape.slice(0, first));
  return { samples, channels: sizeOf(normalized), inner, groups: inner === 1 ? 1 : "places" };
}
