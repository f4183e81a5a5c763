import type { GraphNode, NodeOf } from "../../graph/network_graph.ts";
import { float, int, ints, type OnnxGraphWriter } from "./graph.ts";
import { spread } from "./spread.ts";

// Version 13 has no operators for layer, RMS and group norm: here they are written in steps, as PyTorch writes them.

/** (x − mean) / √(variance + eps), over the channels. */
export function layerNorm(node: NodeOf<"layerNorm">, writer: OnnxGraphWriter): void {
  const { name, inputs, attrs } = node;
  const axis = attrs.isLast ? writer.inputShape(node).length : 1;
  const mean = meanOf(`${name}/mean`, inputs[0], axis, writer);
  const centered = writer.add("Sub", `${name}/centered`, [inputs[0], mean]);
  const root = rootMeanSquare(name, centered, { axis, eps: attrs.eps }, writer);
  affine(node, attrs, writer, (last) => writer.add("Div", last, [centered, root]));
}

/** x / √(mean of x² + eps), over the channels. */
export function rmsNorm(node: NodeOf<"rmsNorm">, writer: OnnxGraphWriter): void {
  const { name, inputs, attrs } = node;
  const axis = attrs.isLast ? writer.inputShape(node).length : 1;
  const root = rootMeanSquare(name, inputs[0], { axis, eps: attrs.eps }, writer);
  affine(node, attrs, writer, (last) => writer.add("Div", last, [inputs[0], root]));
}

/** Instance norm, of the groups as channels where there are others. */
export function groupNorm(node: NodeOf<"groupNorm">, writer: OnnxGraphWriter): void {
  const { name, inputs, attrs } = node;
  const { numGroups, numChannels } = attrs;
  const epsilon = { epsilon: float(attrs.eps) };
  const filled = (value: number) =>
    writer.floats(`${name}/${value}`, new Array<number>(numGroups).fill(value), [numGroups]);
  const isInstance = numGroups === numChannels && writer.inputShape(node).length > 1;
  if (isInstance) {
    const tensors = [
      writer.weight(node, "weight") ?? filled(1),
      writer.weight(node, "bias") ?? filled(0),
    ];
    writer.add("InstanceNormalization", name, [inputs[0], ...tensors], epsilon);
    return;
  }
  const shape = writer.add("Shape", `${name}/shape`, [inputs[0]]);
  const target = writer.integers(`${name}/groups`, [0, numGroups, -1]);
  const groups = writer.add("Reshape", `${name}/grouped`, [inputs[0], target]);
  const whole = [groups, filled(1), filled(0)];
  const normal = writer.add("InstanceNormalization", `${name}/normal`, whole, epsilon);
  affine(node, { numFeatures: numChannels }, writer, (last) =>
    writer.add("Reshape", last, [normal, shape]),
  );
}

export function localResponseNorm(
  { name, inputs, attrs }: NodeOf<"localResponseNorm">,
  writer: OnnxGraphWriter,
): void {
  const { size, alpha, beta, k } = attrs;
  if (size % 2 === 0) {
    const why = "ONNX's windows of an even number of channels lie otherwise than PyTorch's";
    throw writer.fail(`layer "${name}"`, why);
  }
  writer.add("LRN", name, inputs, {
    size: int(size),
    alpha: float(alpha),
    beta: float(beta),
    bias: float(k),
  });
}

function meanOf(name: string, value: string, axis: number, writer: OnnxGraphWriter): string {
  return writer.add("ReduceMean", name, [value], { axes: ints([axis]), keepdims: int(1) });
}

function rootMeanSquare(
  name: string,
  value: string,
  { axis, eps }: { readonly axis: number; readonly eps: number },
  writer: OnnxGraphWriter,
): string {
  const two = writer.floats(`${name}/two`, [2]);
  const squares = writer.add("Pow", `${name}/squares`, [value, two]);
  const mean = meanOf(`${name}/mean_square`, squares, axis, writer);
  const sum = writer.add("Add", `${name}/sum`, [mean, writer.floats(`${name}/eps`, [eps])]);
  return writer.add("Sqrt", `${name}/root`, [sum]);
}

/** Weight and bias behind the last step, which bears the layer's name where there are none. */
function affine(
  node: GraphNode,
  { numFeatures, isLast = false }: { readonly numFeatures: number; readonly isLast?: boolean },
  writer: OnnxGraphWriter,
  add: (name: string) => string,
): void {
  const { name } = node;
  const dims = isLast ? [numFeatures] : spread(numFeatures, writer.inputShape(node));
  const weight = writer.weight(node, "weight", dims);
  const bias = writer.weight(node, "bias", dims);
  let value = add(weight || bias ? `${name}/unscaled` : name);
  if (weight) value = writer.add("Mul", bias ? `${name}/scaled` : name, [value, weight]);
  if (bias) writer.add("Add", name, [value, bias]);
}
