import type { AppliedOp, Tensor } from "../../../autograd/index.ts";
import type { GraphWriter } from "./graph_writer.ts";

type Operand = Tensor | number;
type Numbers = readonly number[];
type Change = (value: number) => number;

/** What the two operands of an operation are: at least one of them comes from the image. */
function operandsOf({ inputs, attributes }: AppliedOp): [Operand, Operand] {
  const { left, right } = attributes as { left?: number; right?: number };
  return [left ?? inputs[0]!, right ?? inputs.at(-1)!];
}

/** Sum, difference, product and quotient: of two values, or of a value and what is always the same. */
export function arithmetic(op: AppliedOp, graph: GraphWriter): void {
  const [a, b] = operandsOf(op);
  const isValue = (operand: Operand) => typeof operand !== "number" && graph.knows(operand);
  if (isValue(a) && isValue(b)) {
    const [left, right] = [a, b] as [Tensor, Tensor];
    if (left.ndim === right.ndim) combine(op, left, right, graph);
    else graph.fail(op.name, "its operands have different numbers of dimensions");
  } else if (isValue(a)) withConstant(op, a as Tensor, b, graph);
  else withConstant(op, b as Tensor, a, graph, true);
}

function combine(op: AppliedOp, a: Tensor, b: Tensor, graph: GraphWriter): void {
  if (op.name === "sub") {
    const negative = b.detach(); // stands for −b
    graph.add("rescale", [b], { scale: [-1], offset: [0] }, negative);
    graph.add("add", [a, negative], {}, op.output);
    negative.dispose();
  } else graph.add(op.name as "add" | "mul" | "div", [a, b], {}, op.output);
}

/** x · scale + offset, or x with what has numbers for more than its channels. */
function withConstant(
  op: AppliedOp,
  image: Tensor,
  constant: Operand,
  graph: GraphWriter,
  isFirst = false,
): void {
  const numbers = (change?: Change) => graph.numbers(constant, image, change);
  const attrs = rescaling(op.name, numbers, isFirst);
  if (attrs?.scale && attrs.offset) {
    const { scale, offset } = attrs;
    graph.add("rescale", [image], { scale, offset }, op.output);
  } else if (typeof constant === "number") divide(op, image, constant, graph);
  else {
    const value = graph.constant(constant, image);
    if (!value) graph.fail(op.name, "its constant operand differs between images");
    else if (isFirst) combine(op, value, image, graph);
    else combine(op, image, value, graph);
  }
}

/** A number over a value. */
function divide(op: AppliedOp, image: Tensor, number: number, graph: GraphWriter): void {
  const inverse = image.detach(); // stands for 1 / x
  graph.add("pow", [image], { exponent: -1 }, inverse);
  graph.add("rescale", [inverse], { scale: [number], offset: [0] }, op.output);
  inverse.dispose();
}

type Rescaling = { readonly scale?: Numbers; readonly offset?: Numbers };

function rescaling(
  name: string,
  numbers: (change?: Change) => Numbers | undefined,
  isFirst: boolean,
): Rescaling | null {
  switch (name) {
    case "add":
      return { scale: [1], offset: numbers() };
    case "sub":
      return isFirst
        ? { scale: [-1], offset: numbers() }
        : { scale: [1], offset: numbers((value) => -value) };
    case "mul":
      return { scale: numbers(), offset: [0] };
    default:
      return isFirst ? null : { scale: numbers((value) => 1 / value), offset: [0] };
  }
}
