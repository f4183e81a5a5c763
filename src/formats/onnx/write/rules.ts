import { ACTIVATIONS, type PlainActivation, unnamedActivations } from "../../graph/activations.ts";
import type { Compound } from "../../graph/decompose.ts";
import type { GraphNode, NodeOf, OpName } from "../../graph/network_graph.ts";
import { GIVEN } from "../../graph/writing.ts";
import { float, int, ints, type OnnxGraphWriter, string } from "./graph.ts";
import { alongLast, moving } from "./moving.ts";
import { groupNorm, layerNorm, localResponseNorm, rmsNorm } from "./norms.ts";
import * as rearranging from "./rearranging.ts";
import { spread } from "./spread.ts";
import { poolNode, windowAttributes } from "./windows.ts";

/** Adds the nodes of one layer; the last gives a value of the layer's name. */
type Rule<K extends OpName> = (node: NodeOf<K>, writer: OnnxGraphWriter) => void;

export function writeNode(node: GraphNode, writer: OnnxGraphWriter): void {
  const own = RULES[node.op] as Rule<OpName> | undefined;
  if (own) own(node, writer);
  else writer.add(ACTIVATIONS[node.op as PlainActivation].onnx!, node.name, node.inputs);
}

/** The rules of all ops but the activations that ONNX has under a name, or not at all. */
type Rules = { readonly [K in Exclude<OpName, PlainActivation>]: Rule<K> } & {
  readonly [K in PlainActivation]?: Rule<K>;
};

/** Drops the sides of 1 that ONNX keeps. */
const globalPool =
  (op: string): Rule<"globalAvgPool" | "globalMaxPool"> =>
  ({ name, inputs, attrs }, writer) => {
    if (attrs.keepDims) writer.add(op, name, inputs);
    else writer.add("Flatten", name, [writer.add(op, `${name}/map`, inputs)], { axis: int(1) });
  };

const RULES: Rules = {
  input: () => {},
  conv2d: (node, writer) => {
    const { name, inputs, attrs } = node;
    const attributes = {
      ...windowAttributes(attrs, writer.inputShape(node)),
      dilations: ints(attrs.dilation),
      group: int(attrs.groups),
    };
    writer.add("Conv", name, [inputs[0], ...weights(node, writer, "weight", "bias")], attributes);
  },
  convTranspose2d: rearranging.convTranspose2d,
  linear: (node, writer) => {
    if (writer.inputShape(node).length > 1) {
      alongLast(node, writer);
      return;
    }
    const tensors = weights(node, writer, "weight", "bias");
    writer.add("Gemm", node.name, [node.inputs[0], ...tensors], { transB: int(1) });
  },
  batchNorm: (node, writer) => {
    const { name, attrs, inputs } = node;
    const filled = (value: number) =>
      writer.floats(`${name}/${value}`, new Array<number>(attrs.numFeatures).fill(value), [
        attrs.numFeatures,
      ]);
    const tensors = [
      writer.weight(node, "weight") ?? filled(1),
      writer.weight(node, "bias") ?? filled(0),
      writer.weight(node, "running_mean") ?? filled(0),
      writer.weight(node, "running_var") ?? filled(1),
    ];
    const attributes = { epsilon: float(attrs.eps), momentum: float(1 - attrs.momentum) };
    writer.add("BatchNormalization", name, [inputs[0], ...tensors], attributes);
  },
  layerNorm,
  rmsNorm,
  groupNorm,
  localResponseNorm,
  maxPool2d: poolNode,
  avgPool2d: poolNode,
  globalAvgPool: globalPool("GlobalAveragePool"),
  globalMaxPool: globalPool("GlobalMaxPool"),
  relu6: (node, writer) => clip(node, writer, 0, 6),
  clamp: (node, writer) => clip(node, writer, node.attrs.min, node.attrs.max),
  leakyRelu: ({ name, inputs, attrs }, writer) => {
    writer.add("LeakyRelu", name, inputs, { alpha: float(attrs.negativeSlope) });
  },
  elu: ({ name, inputs, attrs }, writer) => {
    writer.add("Elu", name, inputs, { alpha: float(attrs.alpha) });
  },
  prelu: (node, writer) => {
    const { name, inputs, attrs } = node;
    const dims = spread(attrs.numParameters, writer.inputShape(node));
    writer.add("PRelu", name, [...inputs, writer.weight(node, "weight", dims)!]);
  },
  gelu,
  hardsigmoid: ({ name, inputs }, writer) => {
    writer.add("HardSigmoid", name, inputs, { alpha: float(1 / 6), beta: float(0.5) });
  },
  softmax: ({ name, inputs, attrs: { dim = 0 } }, writer) => {
    writer.add("Softmax", name, inputs, { axis: int(dim + 1) });
  },
  logSoftmax: ({ name, inputs, attrs: { dim = 0 } }, writer) => {
    writer.add("LogSoftmax", name, inputs, { axis: int(dim + 1) });
  },
  dropout: ({ name, inputs, attrs }, writer) => {
    writer.add("Dropout", name, [inputs[0], writer.floats(`${name}/ratio`, [attrs.p])]);
  },
  flatten: ({ name, inputs }, writer) => {
    writer.add("Flatten", name, inputs, { axis: int(1) });
  },
  reshape: ({ name, inputs, attrs }, writer) => {
    writer.add("Reshape", name, [
      inputs[0],
      writer.integers(`${name}/shape`, [-1, ...attrs.shape]),
    ]);
  },
  resize: rearranging.resize,
  depthToSpace: rearranging.depthToSpace,
  spaceToDepth: rearranging.spaceToDepth,
  channelShuffle: rearranging.channelShuffle,
  narrow: rearranging.narrow,
  add: (node, writer) => chained("Add", node, writer),
  mul: (node, writer) => chained("Mul", node, writer),
  ...moving,
  pad: ({ name, inputs, attrs }, writer) => {
    const [top, bottom, left, right] = attrs.padding;
    const pads = writer.integers(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
    const value = writer.floats(`${name}/value`, [attrs.value]);
    const mode = attrs.mode === "replicate" ? "edge" : attrs.mode;
    writer.add("Pad", name, [inputs[0], pads, value], { mode: string(mode) });
  },
  rescale,
  given: (node, writer) => {
    throw writer.fail(`layer "${node.name}"`, GIVEN);
  },
};

/** What ONNX lacks and other ops express. `gelu`: its approximation by tanh. */
export const LACKING: ReadonlySet<Compound> = new Set([
  "gelu" as const,
  ...unnamedActivations("onnx", RULES),
]);

function weights(
  node: GraphNode,
  writer: OnnxGraphWriter,
  ...roles: readonly ("weight" | "bias")[]
): string[] {
  return roles.flatMap((role) => writer.weight(node, role) ?? []);
}

function clip(
  { name, inputs }: GraphNode,
  writer: OnnxGraphWriter,
  min: number,
  max: number,
): void {
  const bounds = [writer.floats(`${name}/min`, [min]), writer.floats(`${name}/max`, [max])];
  writer.add("Clip", name, [inputs[0], ...bounds]);
}

/** x · (1 + erf(x / √2)) / 2, in the order in which PyTorch writes it. */
function gelu({ name, inputs: [x] }: NodeOf<"gelu">, writer: OnnxGraphWriter): void {
  const scaled = writer.add("Div", `${name}/scaled`, [
    x,
    writer.floats(`${name}/root`, [Math.SQRT2]),
  ]);
  const erf = writer.add("Erf", `${name}/erf`, [scaled]);
  const sum = writer.add("Add", `${name}/sum`, [erf, writer.floats(`${name}/one`, [1])]);
  const product = writer.add("Mul", `${name}/product`, [x, sum]);
  writer.add("Mul", name, [product, writer.floats(`${name}/half`, [0.5])]);
}

/** Two at a time. */
function chained(op: string, { name, inputs }: GraphNode, writer: OnnxGraphWriter): void {
  let value = inputs[0];
  inputs.slice(1).forEach((input, i) => {
    const isLast = i === inputs.length - 2;
    value = writer.add(op, isLast ? name : `${name}/${i}`, [value, input]);
  });
  if (inputs.length === 1) writer.add("Identity", name, inputs);
}

function rescale(node: NodeOf<"rescale">, writer: OnnxGraphWriter): void {
  const { name, inputs, attrs } = node;
  const dims = (values: readonly number[]) => spread(values.length, writer.inputShape(node));
  const { scale, offset } = attrs;
  const isScaled = scale.some((value) => value !== 1);
  const isMoved = offset.some((value) => value !== 0);
  if (!isScaled && !isMoved) {
    writer.add("Identity", name, inputs);
    return;
  }
  let value = inputs[0];
  if (isScaled) {
    const factor = writer.floats(`${name}/scale`, scale, dims(scale));
    value = writer.add("Mul", isMoved ? `${name}/scaled` : name, [value, factor]);
  }
  if (isMoved)
    writer.add("Add", name, [value, writer.floats(`${name}/offset`, offset, dims(offset))]);
}
