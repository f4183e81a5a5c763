import { listInputOf } from "../../graph/nodes/followers.ts";
import type { Layout, LayoutOfTwo, ValueOperand } from "../../graph/operands.ts";
import type { TfContext } from "./nodes.ts";

/** Operators that leave the axes as they are: what comes behind them decides. */
const PASSING: ReadonlySet<string> = new Set(
  "Add AddV2 Sub Mul RealDiv Relu Cast Identity Pad PadV2".split(" "),
);

/**
 * What the two axes behind the batch are: those of a signal where a row or column is added for a convolution or pool, those
 * of an image where channels are.
 */
export function layoutOfTwo(name: string, context: TfContext): LayoutOfTwo {
  const names = new Set([name]);
  for (const value of names) {
    for (const node of context.consumers.get(value) ?? []) {
      if (node.op === "ExpandDims") {
        const [axis] = listInputOf(node, 1, context) ?? [];
        return axis === -1 || axis === 3 ? "NHW" : "NLC";
      }
      if (PASSING.has(node.op)) for (const output of node.outputs) names.add(output);
    }
  }
  return "NHW";
}

/** A map of one row or column that loses it is a signal. */
export function layoutBehind(_: string, { value, layout }: ValueOperand, rank: number): Layout {
  const [channels, height, width] = value.shape ?? [];
  if (rank !== 2) return "NHWC";
  if (layout === "NLC" || layout === "NHW") return layout;
  return channels !== 1 && (height === 1 || width === 1) ? "NLC" : "NHWC";
}
