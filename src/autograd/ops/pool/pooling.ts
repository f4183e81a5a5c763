import {
  checkOptions,
  type HW,
  outputSize,
  resolveWindow,
  type Window,
  type WindowOptions,
} from "../../../base/index.ts";
import { requireFloat, requireRank } from "../../checks.ts";
import type { Tensor } from "../../tensor.ts";

export interface PoolOptions extends WindowOptions {
  /** Default: kernelSize. */
  stride?: number | readonly number[];
  /** Round the output size up: a last window may reach past the input. Default false. */
  ceilMode?: boolean;
}

/** What pooling over a sliding window does. */
export interface Pooling {
  readonly window: Window;
  readonly outHW: HW;
  /** For exporters; outHW follows from it. */
  readonly ceilMode: boolean;
}

/** Checks the arguments of a pooling over a window and spells out its options. */
export function resolvePooling(
  name: string,
  input: Tensor,
  options: PoolOptions,
  known: readonly string[],
): Pooling {
  checkOptions(name, options, ["kernelSize", "stride", "padding", "ceilMode", ...known]);
  const inHW = requireMaps(name, input);
  const { kernelSize, stride = kernelSize, ceilMode = false } = options;
  const window = resolveWindow(name, inHW, { ...options, stride });
  checkPads(name, window);
  return { window, outHW: outputSize(name, inHW, window, ceilMode), ceilMode };
}

/** A window that sees padding only has no value. */
function checkPads(name: string, { kernel, dilation, pads }: Window): void {
  const reach = kernel.map((k, axis) => dilation[axis]! * (k - 1) + 1);
  if (pads.every((pad, side) => pad < reach[side >> 1]!)) return;
  throw new Error(
    `${name}: padding [${pads.join(", ")}] (top, bottom, left, right) must be smaller than the window of ` +
      `${reach.join("×")}`,
  );
}

/** A number, or [height, width] where null stands for the input's own. */
export type AdaptiveSize = number | readonly (number | null)[];

/** What pooling to an output of a given size does. */
export interface AdaptivePooling {
  readonly outHW: HW;
}

/** Checks the arguments of a pooling to an output of a given size. */
export function resolveAdaptive(name: string, input: Tensor, size: AdaptiveSize): AdaptivePooling {
  const inHW = requireMaps(name, input);
  const pair = typeof size === "number" ? [size, size] : size;
  if (Array.isArray(pair) && pair.length === 2) {
    const [h, w] = pair.map((n, axis) => n ?? inHW[axis]);
    if ([h, w].every((n) => Number.isInteger(n) && n > 0)) return { outHW: [h, w] };
  }
  throw new Error(
    `${name}: outputSize is ${JSON.stringify(size)}; give a whole number of at least 1, or two as [height, width]`,
  );
}

/** Height and width of maps [N, C, H, W]. */
function requireMaps(name: string, input: Tensor): HW {
  requireFloat(name, "input", input);
  requireRank(name, "input", input, 4, 4, "[N, C, H, W]");
  return [input.shape[2]!, input.shape[3]!];
}
