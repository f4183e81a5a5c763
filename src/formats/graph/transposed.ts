import type { HW } from "../../base/index.ts";
import type { OpAttrs } from "./network_graph.ts";

type Padded = Pick<OpAttrs["convTranspose2d"], "padding" | "outputPadding">;

/**
 * Padding of a transposed convolution from how many rows and columns its result is narrower altogether by: below 0, it is
 * wider, at its end.
 *
 * @param isOddFirst whether the larger half of an odd number is cut off in front.
 */
export function halvedPadding(total: HW, isOddFirst = false): Padded {
  const [top, bottom] = halves(Math.max(total[0], 0), isOddFirst);
  const [left, right] = halves(Math.max(total[1], 0), isOddFirst);
  return {
    padding: [top, bottom, left, right],
    outputPadding: [Math.max(-total[0], 0), Math.max(-total[1], 0)],
  };
}

function halves(all: number, isOddFirst: boolean): readonly [number, number] {
  const [smaller, larger] = [all >> 1, all - (all >> 1)];
  return isOddFirst ? [larger, smaller] : [smaller, larger];
}

/** Rows and columns that a kernel reaches over. */
export function reachOf(kernelSize: HW, dilation: HW): HW {
  return [dilation[0] * (kernelSize[0] - 1) + 1, dilation[1] * (kernelSize[1] - 1) + 1];
}
