import { checkOptions } from "../../../base/index.ts";
import { requireFloat, requireRank } from "../../checks.ts";
import type { Tensor } from "../../tensor.ts";
import { unsqueeze } from "../layout/reshape.ts";
import { onRow, rowWindow, type Window1dOptions } from "../signals.ts";
import { type Conv2dOptions, conv2d } from "./conv2d.ts";

export interface Conv1dOptions
  extends Omit<Window1dOptions, "kernelSize">,
    Pick<Conv2dOptions, "groups" | "activation"> {}

/**
 * One-dimensional convolution (cross-correlation, as in PyTorch): `conv2d` over maps of one row.
 *
 * @param input [batch, channels, length]
 * @param weight [outChannels, channels / groups, kernelSize]
 * @param bias [outChannels], or none
 * @returns [batch, outChannels, outLength]
 * @throws Error naming what doesn't fit: shapes, groups, an option.
 */
export function conv1d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: Conv1dOptions = {},
): Tensor {
  checkOptions("conv1d", options, ["stride", "padding", "dilation", "groups", "activation"]);
  requireFloat("conv1d", "weight", weight);
  const layout = "[outChannels, channels / groups, kernelSize]";
  requireRank("conv1d", "weight", weight, 3, 3, layout);
  const { groups, activation } = options;
  const window = rowWindow("conv1d", options);
  return onRow("conv1d", input, (row) =>
    conv2d(row, unsqueeze(weight, 2), bias, { ...window, groups, activation }),
  );
}
