import type { Shape } from "../../graph/network_graph.ts";

/** The shape of as many numbers, one for each channel or one for all, that spreads over height and width. */
export function spread(count: number, { length: rank }: Shape): number[] {
  return count === 1 ? [] : [count, ...new Array<number>(rank - 1).fill(1)];
}
