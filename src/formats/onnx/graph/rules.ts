import { activationsByName } from "../../graph/activations.ts";
import * as nodes from "../../graph/nodes/elementwise.ts";
import { prelu } from "../../graph/nodes/layers.ts";
import { identity } from "../../graph/nodes/shapes.ts";
import * as elementwise from "./elementwise.ts";
import * as layers from "./layers.ts";
import type { OnnxRule, OperatorNode } from "./node.ts";
import * as norms from "./norms.ts";
import * as rearranging from "./rearranging.ts";
import * as shapes from "./shapes.ts";

const activations = [...activationsByName(({ onnx, newerOnnx }) => [onnx, newerOnnx])].map(
  ([operator, op]) => [operator, nodes.onValue(nodes.plain(op))] as const,
);

const RULES: ReadonlyMap<string, OnnxRule> = new Map<string, OnnxRule>([
  ["Conv", layers.conv],
  ["ConvTranspose", rearranging.convTranspose],
  ["Resize", rearranging.resize(false)],
  ["Upsample", rearranging.resize(true)],
  ["DepthToSpace", rearranging.depthToSpace],
  ["SpaceToDepth", rearranging.spaceToDepth],
  ["Slice", rearranging.slice],
  ["Split", rearranging.split],
  ["Gemm", layers.gemm],
  ["MatMul", layers.matMul],
  ["BatchNormalization", layers.batchNormalization],
  ["LayerNormalization", norms.layerNormalization("layerNorm")],
  ["RMSNormalization", norms.layerNormalization("rmsNorm")],
  ["InstanceNormalization", norms.instanceNormalization],
  ["GroupNormalization", norms.groupNormalization],
  ["LRN", norms.lrn],
  ["MaxPool", layers.pool("maxPool2d")],
  ["AveragePool", layers.pool("avgPool2d")],
  ["Pad", layers.pad],
  ["GlobalAveragePool", layers.globalPool("globalAvgPool")],
  ["GlobalMaxPool", layers.globalPool("globalMaxPool")],
  ["ReduceMean", shapes.reduce("globalAvgPool")],
  ["ReduceMax", shapes.reduce("globalMaxPool")],
  ["Reshape", shapes.reshape],
  ["Flatten", shapes.flatten],
  ["Squeeze", shapes.squeeze],
  ["Unsqueeze", shapes.unsqueeze],
  ["Transpose", shapes.transpose],
  ["Concat", shapes.concat],
  ...activations,
  ["HardSigmoid", elementwise.hardSigmoid],
  ["Selu", elementwise.selu],
  ["LeakyRelu", nodes.onValue(nodes.leakyRelu(0.01))],
  ["PRelu", nodes.onValue(prelu(1))],
  ["Elu", nodes.onValue(nodes.elu)],
  ["Gelu", elementwise.gelu],
  ["Clip", elementwise.clip],
  ["Neg", nodes.onValue(nodes.negative)],
  ["Pow", elementwise.pow],
  ["Reciprocal", nodes.onValue(nodes.reciprocal)],
  ["Min", nodes.bounded("min")],
  ["Max", nodes.bounded("max")],
  ["Softmax", nodes.softmax("softmax")],
  ["LogSoftmax", nodes.softmax("logSoftmax")],
  ["Dropout", elementwise.dropout],
  ["Add", elementwise.arithmetic("add")],
  ["Sub", elementwise.arithmetic("sub")],
  ["Mul", elementwise.arithmetic("mul")],
  ["Div", elementwise.arithmetic("div")],
  ["Sum", nodes.sum],
  ["Identity", identity],
  ["Cast", identity],
]);

/** What operators meant before version 13. */
const OLD: ReadonlyMap<string, OnnxRule> = new Map([
  ["Softmax", nodes.softmax("softmax", true)],
  ["LogSoftmax", nodes.softmax("logSoftmax", true)],
]);

/** Before version 11. */
const OLDEST: ReadonlyMap<string, OnnxRule> = new Map([["Resize", rearranging.resize(true)]]);

/** @returns the rule for a node in this version of the operators, for maps and vectors; undefined when there is none. */
export const ruleFor =
  (opset: number) =>
  ({ op, domain }: OperatorNode): OnnxRule | undefined => {
    if (domain !== "" && domain !== "ai.onnx") return undefined;
    return (
      (opset < 11 ? OLDEST.get(op) : undefined) ??
      (opset < 13 ? OLD.get(op) : undefined) ??
      RULES.get(op)
    );
  };
