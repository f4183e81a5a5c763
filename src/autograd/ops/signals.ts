import type { WindowOptions } from "../../base/index.ts";
import { requireFloat, requireRank } from "../checks.ts";
import type { Tensor } from "../tensor.ts";
import { squeeze, unsqueeze } from "./layout/reshape.ts";

// Signals [N, C, L] as maps of one row, which is all that one-dimensional windows need.

export interface Window1dOptions {
  kernelSize: number;
  /** Default 1. */
  stride?: number;
  /** A number, [left, right], "valid" (none) or "same" (TensorFlow's rule). Default 0. */
  padding?: number | readonly number[] | "same" | "valid";
  /** Default 1. */
  dilation?: number;
}

/** Applies an op of maps to a signal. The views between share memory. */
export function onRow(name: string, input: Tensor, apply: (row: Tensor) => Tensor): Tensor {
  requireFloat(name, "input", input);
  requireRank(name, "input", input, 3, 3, "[N, C, L]");
  return squeeze(apply(unsqueeze(input, 2)), 2);
}

/** Of the options of a window those that are given, for a window of one row. */
export function rowWindow(
  name: string,
  { stride, padding, dilation }: Omit<Window1dOptions, "kernelSize">,
): Omit<WindowOptions, "kernelSize"> {
  return {
    ...(stride !== undefined && { stride: inRow(name, "stride", stride) }),
    ...(dilation !== undefined && { dilation: inRow(name, "dilation", dilation) }),
    ...(padding !== undefined && { padding: sidesOf(name, padding) }),
  };
}

/** A length along the one row. @throws Error naming the option. */
export function inRow(name: string, option: string, value: unknown): [number, number] {
  if (Number.isInteger(value) && Number(value) >= 1) return [1, Number(value)];
  throw new Error(
    `${name}: ${option} is ${JSON.stringify(value)}; give a whole number of at least 1`,
  );
}

function sidesOf(name: string, padding: number | readonly number[] | "same" | "valid") {
  if (padding === "same" || padding === "valid") return padding;
  const sides: unknown = typeof padding === "number" ? [padding, padding] : padding;
  const fits = (n: unknown) => Number.isInteger(n) && Number(n) >= 0;
  if (Array.isArray(sides) && sides.length === 2 && sides.every(fits)) return [0, 0, ...sides];
  throw new Error(
    `${name}: padding is ${JSON.stringify(padding)}; give a whole number of at least 0, [left, right], "same" or "valid"`,
  );
}
