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

/** Sum, difference, product and quotient: of two maps, or of a map and what is always the same. */
export function arithmetic(op: AppliedOp, graph: GraphWriter): void {
  const [a, b] = operandsOf(op);
  const isMap = (value: Operand) => typeof value !== "number" && graph.knows(value);
  if (isMap(a) && isMap(b)) combine(op, a as Tensor, b as Tensor, graph);
  else if (isMap(a)) withConstant(op, a as Tensor, b, graph);
  else withConstant(op, b as Tensor, a, graph, true);
}

function combine(op: AppliedOp, a: Tensor, b: Tensor, graph: GraphWriter): void {
  if (op.name === "add" || op.name === "mul") graph.add(op.name, [a, b], {}, op.output);
  else if (op.name === "sub") {
    const negative = b.detach(); // stands for −b
    graph.add("rescale", [b], { scale: [-1], offset: [0] }, negative);
    graph.add("add", [a, negative], {}, op.output);
    negative.dispose();
  } else graph.fail(op.name, "no file format here divides one map by another");
}

/** x · scale + offset. */
function withConstant(
  op: AppliedOp,
  image: Tensor,
  constant: Operand,
  graph: GraphWriter,
  isFirst = false,
): void {
  const numbers = (change?: Change) => graph.numbers(constant, image, change);
  const attrs = rescaling(op.name, numbers, isFirst);
  if (attrs === null) graph.fail(op.name, "no file format here divides by a map");
  else if (!attrs.scale || !attrs.offset)
    graph.fail(op.name, "its constant operand differs within a channel");
  else graph.add("rescale", [image], { scale: attrs.scale, offset: attrs.offset }, op.output);
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
