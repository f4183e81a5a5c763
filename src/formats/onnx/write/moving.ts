import type { NodeOf, OpAttrs } from "../../graph/network_graph.ts";
import { int, ints, type OnnxGraphWriter } from "./graph.ts";

// Ops on any sides of a value. A graph's don't count the batch, which is axis 0 here.

type Moving =
  | ("div" | "pow" | "concat" | "matmul" | "permute" | "reduce" | "expand" | "select")
  | ("where" | "constant");
type Rule<K extends Moving> = (node: NodeOf<K>, writer: OnnxGraphWriter) => void;

const REDUCTIONS: Readonly<Record<OpAttrs["reduce"]["kind"], string>> = {
  sum: "ReduceSum",
  mean: "ReduceMean",
  max: "ReduceMax",
  min: "ReduceMin",
  l2: "ReduceL2",
};

const behindBatch = (dims: readonly number[]) => dims.map((dim) => dim + 1);

/** A linear layer on the last of several sides: its weights are turned, as PyTorch writes them. */
export function alongLast(node: NodeOf<"linear">, writer: OnnxGraphWriter): void {
  const { name, inputs } = node;
  const weight = writer.weight(node, "weight")!;
  const turned = writer.add("Transpose", `${name}/turned`, [weight], { perm: ints([1, 0]) });
  const bias = writer.weight(node, "bias");
  const product = writer.add("MatMul", bias ? `${name}/product` : name, [inputs[0], turned]);
  if (bias) writer.add("Add", name, [product, bias]);
}

export const moving: { readonly [K in Moving]: Rule<K> } = {
  div: ({ name, inputs }, writer) => {
    writer.add("Div", name, inputs);
  },
  pow: ({ name, inputs, attrs: { exponent } }, writer) => {
    writer.add("Pow", name, [inputs[0], writer.floats(`${name}/exponent`, [exponent])]);
  },
  concat: (node, writer) => {
    const { name, attrs } = node;
    const inputs = node.inputs.map((input) => forEachImage(node, input, writer));
    writer.add("Concat", name, inputs, { axis: int((attrs.dim ?? 0) + 1) });
  },
  matmul: ({ name, inputs }, writer) => {
    writer.add("MatMul", name, inputs);
  },
  permute: ({ name, inputs, attrs: { order } }, writer) => {
    writer.add("Transpose", name, inputs, { perm: ints([0, ...behindBatch(order)]) });
  },
  reduce: ({ name, inputs, attrs: { kind, dims, keepDims } }, writer) => {
    const keepdims = int(keepDims ? 1 : 0);
    const axes = behindBatch(dims);
    // The sum alone has its axes as an input in version 13.
    if (kind === "sum") {
      writer.add("ReduceSum", name, [inputs[0], writer.integers(`${name}/axes`, axes)], {
        keepdims,
      });
    } else writer.add(REDUCTIONS[kind], name, inputs, { axes: ints(axes), keepdims });
  },
  expand: ({ name, inputs, attrs: { shape } }, writer) => {
    writer.add("Expand", name, [inputs[0], writer.integers(`${name}/shape`, [1, ...shape])]);
  },
  select: ({ name, inputs, attrs: { dim, indices } }, writer) => {
    const list = writer.integers(`${name}/indices`, indices);
    writer.add("Gather", name, [inputs[0], list], { axis: int(dim + 1) });
  },
  where: ({ name, inputs: [condition, a, b] }, writer) => {
    // BOOL is type 9 of `TensorProto.DataType`.
    const isTrue = writer.add("Cast", `${name}/condition`, [condition], { to: int(9) });
    writer.add("Where", name, [isTrue, a, b]);
  },
  constant: (node, writer) => {
    const weight = writer.weight(node, "weight", [1, ...node.attrs.shape])!;
    if (weight !== node.name) writer.add("Identity", node.name, [weight]);
  },
};

/** A constant among what is joined is repeated for each image, which ONNX doesn't do by itself. */
function forEachImage(node: NodeOf<"concat">, input: string, writer: OnnxGraphWriter): string {
  if (!writer.isConstant(input)) return input;
  const other = node.inputs.find((name) => !writer.isConstant(name));
  if (other === undefined) return input;
  const name = `${node.name}/${input}`;
  const shape = writer.add("Shape", `${name}/shape`, [other]);
  const ends = [writer.integers(`${name}/from`, [0]), writer.integers(`${name}/to`, [1])];
  const images = writer.add("Slice", `${name}/images`, [shape, ...ends]);
  const ones = writer.integers(
    `${name}/ones`,
    writer.shapeOf(input).map(() => 1),
  );
  const target = writer.add("Concat", `${name}/target`, [images, ones], { axis: int(0) });
  return writer.add("Expand", name, [input, target]);
}
