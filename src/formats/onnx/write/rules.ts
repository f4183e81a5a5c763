import type { ArchitectureNode, NodeOf, OpName } from "../../graph/network_graph.ts";
import { float, int, ints, type OnnxGraphWriter, string } from "./graph.ts";
import { poolNode, windowAttributes } from "./windows.ts";

/** Adds the nodes of one layer; the last gives a value of the layer's name. */
type Rule<K extends OpName> = (node: NodeOf<K>, graph: OnnxGraphWriter) => void;

export function writeNode(node: ArchitectureNode, graph: OnnxGraphWriter): void {
  const rule = RULES[node.op] as Rule<OpName>;
  rule(node, graph);
}

const plain =
  <K extends OpName>(op: string): Rule<K> =>
  ({ name, inputs }, graph) => {
    graph.add(op, name, inputs);
  };

/** Drops the sides of 1 that ONNX keeps. */
const globalPool =
  (op: string): Rule<"globalAvgPool" | "globalMaxPool"> =>
  ({ name, inputs, attrs }, graph) => {
    if (attrs.keepDims) graph.add(op, name, inputs);
    else graph.add("Flatten", name, [graph.add(op, `${name}/map`, inputs)], { axis: int(1) });
  };

const RULES: { readonly [K in OpName]: Rule<K> } = {
  input: () => {},
  conv2d: (node, graph) => {
    const { name, inputs, attrs } = node;
    const attributes = {
      ...windowAttributes(attrs, graph.inputShape(node)),
      dilations: ints(attrs.dilation),
      group: int(attrs.groups),
    };
    graph.add("Conv", name, [inputs[0], ...weights(node, graph, "weight", "bias")], attributes);
  },
  linear: (node, graph) => {
    const tensors = weights(node, graph, "weight", "bias");
    graph.add("Gemm", node.name, [node.inputs[0], ...tensors], { transB: int(1) });
  },
  batchNorm: (node, graph) => {
    const { name, attrs, inputs } = node;
    const filled = (value: number) =>
      graph.floats(`${name}/${value}`, new Array<number>(attrs.numFeatures).fill(value), [
        attrs.numFeatures,
      ]);
    const tensors = [
      graph.weight(node, "weight") ?? filled(1),
      graph.weight(node, "bias") ?? filled(0),
      graph.weight(node, "running_mean") ?? filled(0),
      graph.weight(node, "running_var") ?? filled(1),
    ];
    const attributes = { epsilon: float(attrs.eps), momentum: float(1 - attrs.momentum) };
    graph.add("BatchNormalization", name, [inputs[0], ...tensors], attributes);
  },
  maxPool2d: poolNode,
  avgPool2d: poolNode,
  globalAvgPool: globalPool("GlobalAveragePool"),
  globalMaxPool: globalPool("GlobalMaxPool"),
  relu: plain("Relu"),
  relu6: (node, graph) => clip(node, graph, 0, 6),
  clamp: (node, graph) => clip(node, graph, node.attrs.min, node.attrs.max),
  leakyRelu: ({ name, inputs, attrs }, graph) => {
    graph.add("LeakyRelu", name, inputs, { alpha: float(attrs.negativeSlope) });
  },
  elu: ({ name, inputs, attrs }, graph) => {
    graph.add("Elu", name, inputs, { alpha: float(attrs.alpha) });
  },
  gelu,
  silu: ({ name, inputs: [x] }, graph) => {
    graph.add("Mul", name, [x, graph.add("Sigmoid", `${name}/sigmoid`, [x])]);
  },
  hardsigmoid: ({ name, inputs }, graph) => {
    hardSigmoid(name, inputs[0], graph);
  },
  hardswish: ({ name, inputs: [x] }, graph) => {
    graph.add("Mul", name, [x, hardSigmoid(`${name}/gate`, x, graph)]);
  },
  sigmoid: plain("Sigmoid"),
  tanh: plain("Tanh"),
  softmax: ({ name, inputs }, graph) => {
    graph.add("Softmax", name, inputs, { axis: int(1) });
  },
  dropout: ({ name, inputs, attrs }, graph) => {
    graph.add("Dropout", name, [inputs[0], graph.floats(`${name}/ratio`, [attrs.p])]);
  },
  flatten: ({ name, inputs }, graph) => {
    graph.add("Flatten", name, inputs, { axis: int(1) });
  },
  reshape: ({ name, inputs, attrs }, graph) => {
    graph.add("Reshape", name, [inputs[0], graph.integers(`${name}/shape`, [-1, ...attrs.shape])]);
  },
  add: (node, graph) => chained("Add", node, graph),
  mul: (node, graph) => chained("Mul", node, graph),
  concat: ({ name, inputs }, graph) => {
    graph.add("Concat", name, inputs, { axis: int(1) });
  },
  pad: ({ name, inputs, attrs }, graph) => {
    const [top, bottom, left, right] = attrs.padding;
    const pads = graph.integers(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
    const value = graph.floats(`${name}/value`, [attrs.value]);
    const mode = attrs.mode === "replicate" ? "edge" : attrs.mode;
    graph.add("Pad", name, [inputs[0], pads, value], { mode: string(mode) });
  },
  rescale,
};

function weights(
  node: ArchitectureNode,
  graph: OnnxGraphWriter,
  ...roles: readonly ("weight" | "bias")[]
): string[] {
  return roles.flatMap((role) => graph.weight(node, role) ?? []);
}

function clip(
  { name, inputs }: ArchitectureNode,
  graph: OnnxGraphWriter,
  min: number,
  max: number,
): void {
  const bounds = [graph.floats(`${name}/min`, [min]), graph.floats(`${name}/max`, [max])];
  graph.add("Clip", name, [inputs[0], ...bounds]);
}

function hardSigmoid(name: string, input: string, graph: OnnxGraphWriter): string {
  return graph.add("HardSigmoid", name, [input], { alpha: float(1 / 6), beta: float(0.5) });
}

/** x · (1 + erf(x / √2)) / 2, in the order in which PyTorch writes it. */
function gelu({ name, inputs: [x] }: NodeOf<"gelu">, graph: OnnxGraphWriter): void {
  const scaled = graph.add("Div", `${name}/scaled`, [
    x,
    graph.floats(`${name}/root`, [Math.SQRT2]),
  ]);
  const erf = graph.add("Erf", `${name}/erf`, [scaled]);
  const sum = graph.add("Add", `${name}/sum`, [erf, graph.floats(`${name}/one`, [1])]);
  const product = graph.add("Mul", `${name}/product`, [x, sum]);
  graph.add("Mul", name, [product, graph.floats(`${name}/half`, [0.5])]);
}

/** Two at a time. */
function chained(op: string, { name, inputs }: ArchitectureNode, graph: OnnxGraphWriter): void {
  let value = inputs[0];
  inputs.slice(1).forEach((input, i) => {
    const isLast = i === inputs.length - 2;
    value = graph.add(op, isLast ? name : `${name}/${i}`, [value, input]);
  });
  if (inputs.length === 1) graph.add("Identity", name, inputs);
}

function rescale(node: NodeOf<"rescale">, graph: OnnxGraphWriter): void {
  const { name, inputs, attrs } = node;
  // Spread over height and width.
  const rank = graph.inputShape(node).length;
  const dims = (values: readonly number[]) =>
    values.length === 1 ? [] : [values.length, ...new Array<number>(rank - 1).fill(1)];
  const { scale, offset } = attrs;
  const isScaled = scale.some((value) => value !== 1);
  const isMoved = offset.some((value) => value !== 0);
  if (!isScaled && !isMoved) {
    graph.add("Identity", name, inputs);
    return;
  }
  let value = inputs[0];
  if (isScaled) {
    const factor = graph.floats(`${name}/scale`, scale, dims(scale));
    value = graph.add("Mul", isMoved ? `${name}/scaled` : name, [value, factor]);
  }
  if (isMoved)
    graph.add("Add", name, [value, graph.floats(`${name}/offset`, offset, dims(offset))]);
}
