import type { OpAttrs } from "../../graph/network_graph.ts";
import { constantInput, listInput, unsupported } from "../../graph/nodes/context.ts";
import { isUnknown, type Operand } from "../../graph/operands.ts";
import * as cuts from "../../graph/plain/cuts.ts";
import { einsum } from "../../graph/plain/einsum.ts";
import * as maths from "../../graph/plain/maths.ts";
import * as moves from "../../graph/plain/moves.ts";
import { NO_VALUE, onAny, onMap, plainInput } from "../../graph/plain/values.ts";
import { ACTIVATIONS, matMul as denseLayer } from "./layers.ts";
import type { TfNode, TfRule } from "./nodes.ts";
import { ruleFor } from "./rules.ts";
import { axesOfSqueeze } from "./shapes.ts";
import { stridedCut } from "./strided.ts";

// Operators on values whose axes are taken as the file has them, not as those of maps.

const COMPUTED = "its shape is computed";

const withList =
  (apply: typeof moves.expanded): TfRule =>
  (call, context) => {
    const list = listInput(call, 1);
    return list ? apply(call, context, list) : unsupported(call, context, COMPUTED);
  };

/** Slice: where it begins and how much it takes, −1 for all that is left. */
const slice: TfRule = (call, context) => {
  const [begin, size] = [listInput(call, 1), listInput(call, 2)];
  if (!begin || !size) return unsupported(call, context, "where it cuts is computed");
  const ranges = begin.map((start, axis): cuts.Range => {
    return { axis, start, end: size[axis] === -1 ? Infinity : start + size[axis], step: 1 };
  });
  return cuts.sliced(call, context, ranges);
};

const stridedSlice: TfRule = (call, context) => {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  const taken = stridedCut(call, input.view.length);
  if (!taken) return unsupported(call, context, "where it cuts is computed");
  const { ranges, dropped, added } = taken;
  const part = cuts.sliced(call, context, ranges);
  if (dropped.length === 0 || isUnknown(part)) return withAxes(part);
  return withAxes(moves.squeezed({ ...call, inputs: [part] }, context, dropped));

  function withAxes(operand: Operand): Operand {
    if (added.length === 0 || isUnknown(operand)) return operand;
    return moves.unsqueezed({ ...call, inputs: [operand] }, context, added);
  }
};

/** Split into equal parts, the axis first; SplitV into those of a list. */
const split: TfRule = (call, context) => {
  const isV = call.node.op === "SplitV";
  const given = isV ? call : { ...call, inputs: [call.inputs[1]] };
  const [axis] = listInput(call, isV ? 2 : 0) ?? [];
  const lengths = isV ? listInput(call, 1) : undefined;
  if (axis === undefined || (isV && !lengths) || lengths?.includes(-1)) {
    return unsupported(call, context, "where it cuts is computed");
  }
  return cuts.divided(given, context, axis, lengths);
};

const gather: TfRule = (call, context) => {
  const [axis] = listInput(call, 2) ?? [];
  if (axis === undefined || call.node.attributes.number("batch_dims", 0) !== 0) {
    return unsupported(call, context, "which entries it takes is computed");
  }
  return cuts.gathered(call, context, constantInput(call, 1), axis);
};

/** Pack: values of one shape along a new axis. */
const pack: TfRule = (call, context) => {
  const axis = call.node.attributes.number("axis", 0);
  const rows = call.inputs.map((input) =>
    input ? moves.unsqueezed({ ...call, inputs: [input] }, context, [axis]) : undefined,
  );
  const missing = rows.find((row) => isUnknown(row));
  return missing ?? moves.concatenated(call, context, rows, axis);
};

const concat: TfRule = (call, context) => {
  const [axis] = listInput(call, -1) ?? [];
  if (axis === undefined) return unsupported(call, context, "its axis is computed");
  return moves.concatenated(call, context, call.inputs.slice(0, -1), axis);
};

const reduce =
  (kind: OpAttrs["reduce"]["kind"]): TfRule =>
  (call, context) => {
    const axes = listInput(call, 1);
    if (!axes) return unsupported(call, context, "which axes it reduces is computed");
    return maths.reduced(call, context, kind, axes, call.node.attributes.flag("keep_dims"));
  };

/** A product with a matrix of weights is a layer. */
const product =
  (turnsA: string, turnsB: string): TfRule =>
  (call, context) => {
    const { attributes } = call.node;
    const isTurned = attributes.flag(turnsA);
    if (constantInput(call, 1)?.shape.length === 2 && !isTurned) {
      return denseLayer(call, context);
    }
    if (attributes.texts("fused_ops").length > 0) {
      return unsupported(call, context, "only products with a matrix of weights may be fused");
    }
    return maths.matMul(call, context, [isTurned, attributes.flag(turnsB)]);
  };

/** (a − b)². */
const squaredDifference: TfRule = (call, context) => {
  const difference = maths.arithmetic("sub")(call, context);
  if (difference.kind !== "value" || isUnknown(difference)) return difference;
  const { value } = difference;
  const name = `${call.node.name}_square`;
  return { ...difference, value: context.builder.add("mul", name, [value, value], {}) };
};

const PLAIN: ReadonlyMap<string, TfRule> = new Map<string, TfRule>([
  ["Reshape", withList(moves.reshaped)],
  ["Transpose", withList(moves.transposed)],
  ["Squeeze", (call, context) => moves.squeezed(call, context, axesOfSqueeze(call))],
  ["ExpandDims", withList((call, context, [axis]) => moves.unsqueezed(call, context, [axis]))],
  ["ConcatV2", concat],
  ["Pack", pack],
  [
    "Unpack",
    (call, context) =>
      cuts.divided(call, context, call.node.attributes.number("axis", 0), undefined, true),
  ],
  ["BroadcastTo", withList(moves.expanded)],
  ["Tile", withList(moves.tiled)],
  ["Slice", slice],
  ["StridedSlice", stridedSlice],
  ["Split", split],
  ["SplitV", split],
  ["GatherV2", gather],
  ["MatMul", product("transpose_a", "transpose_b")],
  ["_FusedMatMul", product("transpose_a", "transpose_b")],
  ["BatchMatMul", product("adj_x", "adj_y")],
  ["BatchMatMulV2", product("adj_x", "adj_y")],
  ["Einsum", (call, context) => einsum(call, context, call.node.attributes.text("equation", ""))],
  ["Add", maths.arithmetic("add")],
  ["AddV2", maths.arithmetic("add")],
  ["BiasAdd", maths.arithmetic("add")],
  ["Sub", maths.arithmetic("sub")],
  ["Mul", maths.arithmetic("mul")],
  ["RealDiv", maths.arithmetic("div")],
  ["Div", maths.arithmetic("div")],
  ["SquaredDifference", squaredDifference],
  ["Select", maths.where],
  ["SelectV2", maths.where],
  ["Softmax", maths.softmax("softmax")],
  ["LogSoftmax", maths.softmax("logSoftmax")],
  ["Sum", reduce("sum")],
  ["Mean", reduce("mean")],
  ["Max", reduce("max")],
  ["Min", reduce("min")],
]);

/** What works on each element by itself. */
const ELEMENTWISE: ReadonlySet<string> = new Set([
  ...ACTIVATIONS.keys(),
  ..."LeakyRelu Neg Pow Square Rsqrt Minimum Maximum Identity Snapshot StopGradient Cast Dropout".split(
    " ",
  ),
]);

/** @returns the rule for a node where axes are taken as they are; undefined when there is none. */
export function plainRuleFor(node: TfNode): TfRule | undefined {
  const rule = PLAIN.get(node.op);
  if (rule) return onAny(rule);
  const usual = ruleFor(node);
  return usual && (ELEMENTWISE.has(node.op) ? onAny(usual) : onMap(usual));
}
