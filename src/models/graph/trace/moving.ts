import type { AppliedOp, Tensor } from "../../../autograd/index.ts";
import type { OpAttrs } from "../../../formats/index.ts";
import type { GraphWriter } from "./graph_writer.ts";

// Operations along any dimensions. The batch must stay in front.

const BATCH = "the batch can't be moved, cut or joined with other dimensions";

export function permute(op: AppliedOp, graph: GraphWriter): void {
  const order = op.attributes as readonly number[];
  const [input] = op.inputs;
  const isSignal = graph.axes === "of maps" && input!.ndim === 3;
  if (order[0] !== 0) graph.fail("permute", BATCH);
  else if (isSignal) graph.fail("permute", "a signal's dimensions can't be moved");
  else graph.add("permute", [input!], { order: order.slice(1).map((dim) => dim - 1) }, op.output);
}

export function matmul(op: AppliedOp, graph: GraphWriter): void {
  const [a, b] = op.inputs as readonly [Tensor, Tensor];
  const differ = graph.knows(a) && graph.knows(b) && a.ndim !== b.ndim;
  const factors = [graph.constant(a, b), graph.constant(b, a)];
  const rank = Math.max(a.ndim, b.ndim);
  if ((graph.axes === "of maps" && rank === 3) || rank < 3)
    graph.fail("matmul", "only products of matrices can be written");
  else if (!factors[0] || !factors[1] || differ) {
    graph.fail("matmul", "its operands have different numbers of dimensions");
  } else graph.add("matmul", factors as Tensor[], {}, op.output);
}

export const reduce =
  (kind: OpAttrs["reduce"]["kind"]) =>
  (op: AppliedOp, graph: GraphWriter): void => {
    const { dims, keepdim } = op.attributes as { dims: readonly number[]; keepdim: boolean };
    const [input] = op.inputs;
    const isSignal = graph.axes === "of maps" && input!.ndim === 3 && !keepdim;
    const along = dims.map((dim) => graph.side(input!, dim));
    const attrs = { kind, dims: along, keepDims: keepdim };
    if (dims.includes(0)) graph.fail(op.name, BATCH);
    else if (isSignal) graph.fail(op.name, "a signal can't lose a dimension");
    else graph.add("reduce", [input!], attrs, op.output);
  };

export function pow(op: AppliedOp, graph: GraphWriter): void {
  const { right } = op.attributes as { right?: number };
  if (right === undefined) graph.fail("pow", "only powers by one number can be written");
  else graph.add("pow", [op.inputs[0]!], { exponent: right }, op.output);
}

export function square(op: AppliedOp, graph: GraphWriter): void {
  const [input] = op.inputs;
  graph.add("mul", [input!, input!], {}, op.output);
}

export function expand(op: AppliedOp, graph: GraphWriter): void {
  const [, ...shape] = op.output.shape;
  const [input] = op.inputs;
  if (input!.ndim !== op.output.ndim) graph.fail("expand", "it can't add dimensions");
  else graph.add("expand", [input!], { shape: graph.sides(shape) }, op.output);
}

export function select(op: AppliedOp, graph: GraphWriter): void {
  const dim = op.attributes as number;
  const [input, indices] = op.inputs as readonly [Tensor, Tensor];
  if (dim === 0) graph.fail("gather", BATCH);
  else if (indices.ndim !== 1) graph.fail("gather", "only entries of one dimension can be written");
  else {
    const attrs = { dim: graph.side(input, dim), indices: graph.list(indices) };
    graph.add("select", [input], attrs, op.output);
  }
}

export function where(op: AppliedOp, graph: GraphWriter): void {
  const { left, right } = op.attributes as { left?: number; right?: number };
  const [condition, ...values] = op.inputs as readonly [Tensor, ...Tensor[]];
  const operands = left === undefined ? [values[0]!, values[1] ?? right!] : [left, values[0]!];
  const like = op.output;
  const number = (value: number) =>
    graph.invent(
      "constant",
      Float32Array.of(value),
      like.shape.map(() => 1),
    );
  const inputs = [condition, ...operands].map((operand) =>
    graph.constant(typeof operand === "number" ? number(operand) : operand, like),
  );
  if (inputs.every((input) => input !== undefined)) graph.add("where", inputs, {}, op.output);
  else graph.fail("where", "its operands have different numbers of dimensions");
}

export function concat(op: AppliedOp, graph: GraphWriter): void {
  const dim = op.attributes as number;
  const inputs = op.inputs.map((input) => graph.constant(input, op.output));
  if (dim === 0) graph.fail("concat", BATCH);
  else if (inputs.some((input) => input === undefined)) {
    graph.fail("concat", "it joins what differs between images");
  } else {
    const side = graph.side(op.output, dim);
    graph.add("concat", inputs as Tensor[], side === 0 ? {} : { dim: side }, op.output);
  }
}
