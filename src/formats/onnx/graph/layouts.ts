import { keepsOrder } from "../../graph/nodes/shapes.ts";
import { isOfTwo, type Layout, type LayoutOfTwo, type ValueOperand } from "../../graph/operands.ts";
import type { OnnxContext } from "./node.ts";

type Consumers = Pick<OnnxContext, "consumers">;

/** Graphs out of TensorFlow hold their maps channels last, and turn them before a convolution. */
export function layoutOf(name: string, { consumers }: Consumers): Layout {
  const turns = consumers
    .get(name)
    ?.some(
      ({ op, attributes }) =>
        op === "Transpose" && attributes.integers("perm")?.join() === "0,3,1,2",
    );
  return turns ? "NHWC" : "NCHW";
}

/** Operators that take the axis behind the batch for channels. */
const ON_CHANNELS: ReadonlySet<string> = new Set([
  "Conv",
  "ConvTranspose",
  "BatchNormalization",
  "MaxPool",
  "AveragePool",
  "GlobalAveragePool",
  "GlobalMaxPool",
]);

/** Operators that leave the axes as they are: what comes behind them decides. */
const PASSING: ReadonlySet<string> = new Set(
  "Add Sub Mul Div Relu Clip Sigmoid Tanh Cast Identity Dropout Pad".split(" "),
);

/** What the two axes behind the batch are: those of a signal for layers with channels, else an image's. */
export function layoutOfTwo(name: string, { consumers }: Consumers): LayoutOfTwo {
  const names = new Set([name]);
  for (const value of names) {
    for (const { op, outputs, attributes } of consumers.get(value) ?? []) {
      if (ON_CHANNELS.has(op)) return "NCL";
      if (op === "Transpose" && attributes.integers("perm")?.join() === "0,2,1") return "NLC";
      if (PASSING.has(op)) for (const output of outputs) names.add(output);
    }
  }
  return "NHW";
}

/** How the file sees what a reshaping of a value gives, with `rank` sides behind the batch. */
export function layoutBehind(
  name: string,
  { value, layout }: ValueOperand,
  rank: number,
  context: Consumers,
): Layout {
  if (rank === 2 && keepsOrder(value, layout)) return layoutOfTwo(name, context);
  const isOpen = value.shape?.length === 1 || isOfTwo(layout);
  return rank === 3 && isOpen ? layoutOf(name, context) : layout;
}
