import { checkOptions, shapeText } from "../../../base/index.ts";
import {
  cutOut,
  type EdgePadding,
  holds,
  type Padding,
  padConstant,
  padEdges,
  padEdgesGradient,
} from "../../../kernels/index.ts";
import { requireTensor, requireWord } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

export interface PadOptions {
  /** Default "constant". "reflect" mirrors at the edge without repeating it, "replicate" repeats it. */
  mode?: "constant" | "reflect" | "replicate";
  /** The number that "constant" puts around. Default 0. */
  value?: number;
}

interface ConstantPadding extends Padding {
  readonly value: number;
}

const constantOp = defineOp<ConstantPadding>("pad", ([x], padding) => ({
  out: padConstant(x, padding, padding.value),
  grads: [
    saving([], (dy) =>
      x.shape.reduce(
        (cut, n, d) => (cut.shape[d] === n ? cut : cutOut(cut, d, padding.before[d]!, n)),
        dy.share(),
      ),
    ),
  ],
}));

const edgesOp = defineOp<EdgePadding>("padEdges", ([x], padding) => ({
  out: padEdges(x, padding),
  grads: [saving([], (dy) => padEdgesGradient(dy, x.shape, padding))],
}));

/**
 * Pads from the last dimension on, as PyTorch does: [left, right] for the last, then [top, bottom]
 * for the one before, and so on.
 *
 * @throws Error for an odd number of sides, more of them than dimensions, negative ones, or a
 *   reflection wider than the input.
 */
export function pad(input: Tensor, sides: readonly number[], options: PadOptions = {}): Tensor {
  checkOptions("pad", options, ["mode", "value"]);
  const { shape, dtype } = requireTensor("pad", "input", input);
  const mode = requireWord("pad", "mode", options.mode ?? "constant", [
    "constant",
    "reflect",
    "replicate",
  ]);
  const padding = paddingOf(sides, shape);
  const { value = 0 } = options;
  if (mode === "constant") {
    if (typeof value === "number" && holds(dtype, value))
      return constantOp([input], { ...padding, value });
    throw new TypeError(`pad: the value ${String(value)} doesn't fit a tensor of ${dtype}`);
  }
  if (options.value !== undefined)
    throw new Error(`pad: value is for mode "constant", not "${mode}"`);
  return padding.before.reduce((padded, before, dim) => {
    const after = padding.after[dim]!;
    if (before === 0 && after === 0) return padded;
    if (mode === "reflect" && Math.max(before, after) >= shape[dim]!) {
      throw new Error(
        `pad: a reflection of ${Math.max(before, after)} doesn't fit dim ${dim} of ${shapeText(shape)}, which allows up to ${shape[dim]! - 1}`,
      );
    }
    return edgesOp([padded], { mode, dim, before, after });
  }, input);
}

function paddingOf(sides: readonly number[], shape: readonly number[]): Padding {
  const pairs = sides.length / 2;
  if (!Array.isArray(sides) || pairs > shape.length || !Number.isInteger(pairs)) {
    throw new Error(
      `pad: ${JSON.stringify(sides)} must be pairs of numbers, last dimension first, for at most the ${shape.length} dimensions of ${shapeText(shape)}`,
    );
  }
  if (!sides.every((side: number) => Number.isInteger(side) && side >= 0)) {
    throw new RangeError(`pad: ${shapeText(sides)} must be whole numbers from 0; cut with narrow`);
  }
  const side = (d: number, which: 0 | 1): number => sides[2 * (shape.length - 1 - d) + which] ?? 0;
  return { before: shape.map((_, d) => side(d, 0)), after: shape.map((_, d) => side(d, 1)) };
}
