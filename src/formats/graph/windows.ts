import { type HW, outputSize, resolveWindow, type Sides } from "../../base/index.ts";
import type { OpAttrs } from "./network_graph.ts";

export type PoolAttrs = OpAttrs["maxPool2d"] | OpAttrs["avgPool2d"];

/** A window as the graph has it. */
export interface WindowAttrs {
  readonly kernelSize: HW;
  readonly stride: HW;
  readonly padding: "same" | Sides;
  readonly dilation?: HW;
}

/** The sides that a pool of maps of this size is padded by: its own, and with what the ceiling mode adds at the ends. */
export function poolSides(
  attrs: PoolAttrs,
  size: HW,
): { readonly own: Sides; readonly all: Sides } {
  const window = resolveWindow("pool", size, attrs);
  const own = window.pads;
  if (!attrs.ceilMode) return { own, all: own };
  const output = outputSize("pool", size, window, true);
  const [top, bottom, left, right] = own;
  const missing = ([0, 1] as const).map((axis) => {
    const reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    const end = (output[axis] - 1) * window.stride[axis] + reach;
    return end - size[axis] - [top, left][axis];
  });
  return { own, all: [top, Math.max(bottom, missing[0]), left, Math.max(right, missing[1])] };
}
