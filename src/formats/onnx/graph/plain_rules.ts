import { printable } from "../../errors.ts";
import type { OpAttrs } from "../../graph/network_graph.ts";
import { constantInput, listInput, unsupported, valueInput } from "../../graph/nodes/context.ts";
import { addDense } from "../../graph/nodes/layers.ts";
import * as cuts from "../../graph/plain/cuts.ts";
import * as maths from "../../graph/plain/maths.ts";
import * as moves from "../../graph/plain/moves.ts";
import { fileSides, NO_VALUE, onAny, onMap, plainInput } from "../../graph/plain/values.ts";
import { arithmetic, pow } from "./elementwise.ts";
import { gemm } from "./layers.ts";
import { integersOf, type OnnxCall, type OnnxRule, type OperatorNode, orderOf } from "./node.ts";
import { layerNormFrom } from "./norm_steps.ts";
import { layerNormalization } from "./norms.ts";
import { ruleFor } from "./rules.ts";

// Operators on values whose axes are taken as the file has them, not as those of maps.

const axisOf = ({ node }: OnnxCall, fallback: number) => node.attributes.number("axis", fallback);

const reshape: OnnxRule = (call, context) => {
  const target = integersOf(call, "shape", 1);
  if (!target) return unsupported(call, context, "its shape is computed");
  return moves.reshaped(call, context, target, !call.node.attributes.flag("allowzero", false));
};

const flatten: OnnxRule = (call, context) => {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  const sides = fileSides(input, context);
  const axis = moves.fromFront(axisOf(call, 1), sides.length);
  if (axis === 1) return moves.reshaped(call, context, [sides[0] ?? 0, -1]);
  const front = sides.slice(0, axis).reduce((size: number, side) => size * (side ?? 0), 1);
  return moves.reshaped(call, context, [front, -1]);
};

const slice: OnnxRule = (call, context) => {
  const starts = integersOf(call, "starts", 1);
  const ends = integersOf(call, "ends", 2);
  if (!starts || !ends) return unsupported(call, context, "where it cuts is computed");
  const axes = integersOf(call, "axes", 3) ?? starts.map((_, i) => i);
  const steps = listInput(call, 4) ?? [];
  const ranges = axes.map((axis, i): cuts.Range => {
    return { axis, start: starts[i], end: ends[i], step: steps[i] ?? 1 };
  });
  return cuts.sliced(call, context, ranges);
};

const split: OnnxRule = (call, context) => {
  if (call.inputs[1] && !listInput(call, 1)) {
    return unsupported(call, context, "where it cuts is computed");
  }
  return cuts.divided(call, context, axisOf(call, 0), integersOf(call, "split", 1));
};

const withList =
  (apply: typeof moves.expanded): OnnxRule =>
  (call, context) => {
    const list = listInput(call, 1);
    return list ? apply(call, context, list) : unsupported(call, context, "its shape is computed");
  };

const reduce =
  (kind: OpAttrs["reduce"]["kind"]): OnnxRule =>
  (call, context) => {
    const norm = kind === "mean" ? layerNormFrom(call, context) : undefined;
    if (norm) return norm;
    if (call.inputs[1] && !listInput(call, 1)) {
      return unsupported(call, context, "which axes it reduces is computed");
    }
    const keepDims = call.node.attributes.flag("keepdims", true);
    return maths.reduced(call, context, kind, integersOf(call, "axes", 1), keepDims);
  };

/** MatMul by a matrix of weights is a layer. */
const matMul: OnnxRule = (call, context) => {
  const weight = constantInput(call, 1);
  return weight?.shape.length === 2
    ? addDense(call, context, weight, { isOutIn: false })
    : maths.matMul(call, context);
};

/** Which class scores highest is no value to train on: where a network ends in it, it ends at the scores. */
const argMax: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const [output] = call.node.outputs;
  if (!input || !context.outputs.has(output) || context.consumers.has(output)) {
    return unsupported(call, context, "it is supported as the network's last step only");
  }
  context.builder.notes.push(
    `The output "${printable(output)}" tells the number of the best class and was left out.`,
  );
  return input;
};

const PLAIN: ReadonlyMap<string, OnnxRule> = new Map<string, OnnxRule>([
  ["Reshape", reshape],
  ["Flatten", flatten],
  ["Transpose", (call, context) => moves.transposed(call, context, orderOf(call.node))],
  ["Squeeze", (call, context) => moves.squeezed(call, context, integersOf(call, "axes", 1))],
  ["Unsqueeze", (call, context) => moves.unsqueezed(call, context, integersOf(call, "axes", 1))],
  ["Concat", (call, context) => moves.concatenated(call, context, call.inputs, axisOf(call, 1))],
  ["Expand", withList(moves.expanded)],
  ["Tile", withList(moves.tiled)],
  ["Slice", slice],
  ["Split", split],
  [
    "Gather",
    (call, context) => cuts.gathered(call, context, constantInput(call, 1), axisOf(call, 0)),
  ],
  ["MatMul", matMul],
  ["Gemm", gemm],
  ["Add", arithmetic("add", maths.arithmetic)],
  ["Sub", arithmetic("sub", maths.arithmetic)],
  ["Mul", arithmetic("mul", maths.arithmetic)],
  ["Div", arithmetic("div", maths.arithmetic)],
  ["Pow", pow],
  ["Where", maths.where],
  ["Softmax", maths.softmax("softmax")],
  ["LogSoftmax", maths.softmax("logSoftmax")],
  ["ReduceSum", reduce("sum")],
  ["ReduceMean", reduce("mean")],
  ["ReduceMax", reduce("max")],
  ["ReduceMin", reduce("min")],
  ["ReduceL2", reduce("l2")],
  ["LayerNormalization", layerNormalization("layerNorm")],
  ["RMSNormalization", layerNormalization("rmsNorm")],
  ["ArgMax", argMax],
]);

/** Before version 13 the axes from the given one on counted as one. */
const OLD: ReadonlyMap<string, OnnxRule> = new Map([
  ["Softmax", maths.softmax("softmax", 1, true)],
  ["LogSoftmax", maths.softmax("logSoftmax", 1, true)],
]);

/** What works on each element by itself. */
const ELEMENTWISE: ReadonlySet<string> = new Set(
  (
    "Relu LeakyRelu Elu Selu Sigmoid HardSigmoid Tanh Softplus Mish Swish HardSwish Gelu Erf Exp Log Sqrt Abs Neg " +
    "Reciprocal Clip Min Max Dropout Identity Cast"
  ).split(" "),
);

/** @returns the rule for a node where axes are taken as they are; undefined when there is none. */
export const plainRuleFor =
  (opset: number) =>
  (node: OperatorNode): OnnxRule | undefined => {
    const usual = ruleFor(opset)(node);
    if (node.domain !== "" && node.domain !== "ai.onnx") return usual;
    const rule = (opset < 13 ? OLD.get(node.op) : undefined) ?? PLAIN.get(node.op);
    if (rule) return onAny(rule);
    return usual && (ELEMENTWISE.has(node.op) ? onAny(usual) : onMap(usual));
  };
