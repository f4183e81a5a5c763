import { activationsByName } from "../../graph/activations.ts";
import type { OnnxRule } from "./context.ts";
import { unsupported } from "./context.ts";
import * as dense from "./dense.ts";
import * as elementwise from "./elementwise.ts";
import * as layers from "./layers.ts";
import * as shapes from "./shapes.ts";

const identity: OnnxRule = (call, context) =>
  call.inputs[0] ?? unsupported(call, context, "it has no input");

const activations = [...activationsByName(({ onnx, newerOnnx }) => [onnx, newerOnnx])].map(
  ([operator, op]) => [operator, elementwise.plain(op)] as const,
);

const RULES: ReadonlyMap<string, OnnxRule> = new Map([
  ["Conv", layers.conv],
  ["Gemm", dense.gemm],
  ["MatMul", dense.matMul],
  ["BatchNormalization", layers.batchNormalization],
  ["MaxPool", layers.pool("maxPool2d")],
  ["AveragePool", layers.pool("avgPool2d")],
  ["Pad", layers.pad],
  ["GlobalAveragePool", shapes.globalPool("globalAvgPool")],
  ["GlobalMaxPool", shapes.globalPool("globalMaxPool")],
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
  ["LeakyRelu", elementwise.leakyRelu],
  ["PRelu", elementwise.prelu],
  ["Elu", elementwise.elu],
  ["Gelu", elementwise.gelu],
  ["Clip", elementwise.clip],
  ["Min", elementwise.bounded("min")],
  ["Max", elementwise.bounded("max")],
  ["Softmax", elementwise.softmaxOf("softmax")],
  ["LogSoftmax", elementwise.softmaxOf("logSoftmax")],
  ["Dropout", elementwise.dropout],
  ["Add", elementwise.arithmetic("add")],
  ["Sub", elementwise.arithmetic("sub")],
  ["Mul", elementwise.arithmetic("mul")],
  ["Div", elementwise.arithmetic("div")],
  ["Sum", elementwise.sum],
  ["Identity", identity],
  ["Cast", identity],
]);

const DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx"]);

/** The rule for an operator; undefined when there is none. */
export function ruleFor(op: string, domain: string): OnnxRule | undefined {
  return DOMAINS.has(domain) ? RULES.get(op) : undefined;
}
