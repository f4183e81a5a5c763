import { checkOptions } from "../../../base/index.ts";
import type { Tensor } from "../../tensor.ts";
import { inRow, onRow, rowWindow, type Window1dOptions } from "../signals.ts";
import { adaptiveAvgPool2d } from "./adaptive_avg_pool2d.ts";
import { adaptiveMaxPool2d } from "./adaptive_max_pool2d.ts";
import { avgPool2d } from "./avg_pool2d.ts";
import { maxPool2d } from "./max_pool2d.ts";

// Pools over signals [N, C, L]: those of maps of one row.

export interface MaxPool1dOptions extends Window1dOptions {
  /** Default: kernelSize. */
  stride?: number;
  /** Round the output size up: a last window may reach past the input. Default false. */
  ceilMode?: boolean;
}

export interface AvgPool1dOptions extends Omit<MaxPool1dOptions, "dilation"> {
  /** Divide by the positions inside the padded input rather than inside the input. Default true. */
  countIncludePad?: boolean;
}

const WINDOW = ["kernelSize", "stride", "padding", "ceilMode"];

/** `maxPool2d` over [N, C, L]. @throws Error as it does, and for another rank. */
export function maxPool1d(input: Tensor, options: MaxPool1dOptions): Tensor {
  checkOptions("maxPool1d", options, [...WINDOW, "dilation"]);
  const { ceilMode } = options;
  const kernelSize = inRow("maxPool1d", "kernelSize", options.kernelSize);
  const window = rowWindow("maxPool1d", options);
  return onRow("maxPool1d", input, (row) => maxPool2d(row, { kernelSize, ...window, ceilMode }));
}

/** `avgPool2d` over [N, C, L]. @throws Error as it does, and for another rank. */
export function avgPool1d(input: Tensor, options: AvgPool1dOptions): Tensor {
  checkOptions("avgPool1d", options, [...WINDOW, "countIncludePad"]);
  const { ceilMode, countIncludePad } = options;
  const kernelSize = inRow("avgPool1d", "kernelSize", options.kernelSize);
  const window = rowWindow("avgPool1d", options);
  return onRow("avgPool1d", input, (row) =>
    avgPool2d(row, { kernelSize, ...window, ceilMode, countIncludePad }),
  );
}

/** `adaptiveAvgPool2d` over [N, C, L] → [N, C, outputSize]. */
export function adaptiveAvgPool1d(input: Tensor, outputSize: number): Tensor {
  return onRow("adaptiveAvgPool1d", input, (row) => adaptiveAvgPool2d(row, [1, outputSize]));
}

/** `adaptiveMaxPool2d` over [N, C, L] → [N, C, outputSize]. */
export function adaptiveMaxPool1d(input: Tensor, outputSize: number): Tensor {
  return onRow("adaptiveMaxPool1d", input, (row) => adaptiveMaxPool2d(row, [1, outputSize]));
}
