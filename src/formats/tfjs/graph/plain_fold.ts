import { permuted } from "../../elements/tensors.ts";
import { constantInput, listInput } from "../../graph/nodes/context.ts";
import { constantOperand, integerConstant, type Operand } from "../../graph/operands.ts";
import {
  computed,
  isSmall,
  type Numbers,
  numbersIn,
  numbersOperand,
  repeatedTo,
} from "../../graph/plain/numbers.ts";
import { fileSides, plainInput, reading } from "../../graph/plain/values.ts";
import {
  reshapedSides,
  slicedTensor,
  squeezedSides,
  unsqueezedSides,
} from "../../graph/rearranged_constants.ts";
import type { WeightTensor } from "../../types.ts";
import type { TfCall, TfContext } from "./nodes.ts";
import { axesOfSqueeze } from "./shapes.ts";
import { stridedCut } from "./strided.ts";

/**
 * Computes a node of constants where axes are taken as they are: numbers of any kind, weights that are rearranged, and shapes
 * in which the batch is what the file takes it for.
 *
 * @returns undefined when the node isn't of that kind.
 */
export function plainFolded(call: TfCall, context: TfContext): Operand | undefined {
  const { op } = call.node;
  if (op === "Shape") return shapeOf(call, context);
  const isConstant = call.inputs.every((input) => input?.kind === "constant");
  if (!isConstant || call.inputs.length === 0) return undefined;
  if (op === "Pack") return packed(call);
  if (op === "ConcatV2") return joined(call.inputs.slice(0, -1));
  if (op === "Range") return range(call);
  if (op === "Fill") return filled(call, context);
  if (op === "BroadcastTo" || op === "Tile") return repeated(call, context);
  return rearranged(call) ?? reduced(call) ?? computed(op, call.inputs);
}

function shapeOf(call: TfCall, context: TfContext): Operand | undefined {
  const input = plainInput(call, context);
  const sides = constantInput(call, 0)?.shape ?? (input && fileSides(input, context));
  return sides?.every((side) => side !== null) ? integerConstant(sides, [sides.length]) : undefined;
}

/** What only rearranges a tensor of any size; weights keep their names. */
function rearranged(call: TfCall): Operand | undefined {
  const tensor = constantInput(call, 0);
  if (!tensor) return undefined;
  const { shape } = tensor;
  const reshaped = (sides: readonly number[] | undefined) =>
    sides && constantOperand({ ...tensor, shape: sides });
  const list = listInput(call, 1);
  switch (call.node.op) {
    case "Identity":
    case "Snapshot":
    case "StopGradient":
    case "Cast":
      return constantOperand(tensor);
    case "Reshape":
      return list && reshaped(reshapedSides(list, shape));
    case "ExpandDims":
      return list && reshaped(unsqueezedSides(shape, list.slice(0, 1)));
    case "Squeeze":
      return reshaped(squeezedSides(shape, axesOfSqueeze(call)));
    case "Transpose":
      return list?.length === shape.length ? constantOperand(permuted(tensor, list)) : undefined;
    case "StridedSlice":
      return cut(call, tensor);
    case "GatherV2":
      return gathered(call, tensor);
    default:
      return undefined;
  }
}

function cut(call: TfCall, tensor: WeightTensor): Operand | undefined {
  const taken = stridedCut(call, tensor.shape.length);
  const part = taken && slicedTensor(tensor, taken.ranges);
  if (!part) return undefined;
  const left = part.shape.filter((_, axis) => !taken.dropped.includes(axis));
  return constantOperand({ ...part, shape: unsqueezedSides(left, taken.added) });
}

/** Entries of the first axis, as a table of positions is looked up: all in their order are the table itself. */
function gathered(call: TfCall, tensor: WeightTensor): Operand | undefined {
  const indices = constantInput(call, 1);
  const numbers = numbersIn(call.inputs[1])?.values;
  const [axis = 0] = listInput(call, 2) ?? [];
  if (!indices || !numbers || axis !== 0 || tensor.shape.length === 0) return undefined;
  const [count, ...row] = tensor.shape;
  const shape = [...indices.shape, ...row];
  if (numbers.length === count && numbers.every((index, i) => index === i)) {
    return constantOperand({ ...tensor, shape });
  }
  const all = numbersIn(call.inputs[0]);
  if (!all) return undefined;
  const size = row.reduce((product, side) => product * side, 1);
  const values = numbers.flatMap((index) => all.values.slice(index * size, (index + 1) * size));
  return numbersOperand({ values, shape, isFloat: all.isFloat });
}

/** Numbers, or lists of one length, one behind the other along a new axis in front. */
function packed(call: TfCall): Operand | undefined {
  const all = numbersOf(call.inputs);
  if (!all || call.node.attributes.number("axis", 0) !== 0) return undefined;
  const values = all.flatMap((each) => [...each.values]);
  const shape = [all.length, ...all[0].shape];
  return numbersOperand({ values, shape, isFloat: all.some((each) => each.isFloat) });
}

/** Lists, one behind the other. */
function joined(inputs: TfCall["inputs"]): Operand | undefined {
  const lists = numbersOf(inputs);
  if (!lists?.every(({ shape }) => shape.length === 1)) return undefined;
  const values = lists.flatMap((list) => [...list.values]);
  return numbersOperand({ values, shape: [values.length], isFloat: lists.some((l) => l.isFloat) });
}

function numbersOf(inputs: TfCall["inputs"]): Numbers[] | undefined {
  const all = inputs.flatMap((input) => numbersIn(input) ?? []);
  return all.length === inputs.length && all.length > 0 ? all : undefined;
}

function range(call: TfCall): Operand | undefined {
  const [start, limit, delta] = [0, 1, 2].map((i) => numbersIn(call.inputs[i])?.values[0]);
  if (start === undefined || limit === undefined || !delta) return undefined;
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!isSmall([count])) return undefined;
  const values = Array.from({ length: count }, (_, i) => start + i * delta);
  return numbersOperand({ values, shape: [count], isFloat: !values.every(Number.isInteger) });
}

/** One for each image stays one for all. */
const withoutBatch = (sides: readonly number[], context: TfContext) =>
  sides.map((side, axis) => (axis === 0 && side === reading(context).batch ? 1 : side));

function filled(call: TfCall, context: TfContext): Operand | undefined {
  const sides = listInput(call, 0);
  const number = numbersIn(call.inputs[1]);
  return sides && number && repeatedTo(number, withoutBatch(sides, context));
}

/** A constant for each image stays one for all. */
function repeated(call: TfCall, context: TfContext): Operand | undefined {
  const tensor = constantInput(call, 0);
  const list = listInput(call, 1);
  if (!tensor || !list) return undefined;
  const target = withoutBatch(list, context);
  const own = [...target.slice(tensor.shape.length).map(() => 1), ...tensor.shape];
  const isTile = call.node.op === "Tile";
  const shape = own.map((side, axis) =>
    isTile ? side * target[axis] : Math.max(side, target[axis]),
  );
  if (shape.join() === own.join()) return constantOperand({ ...tensor, shape });
  const numbers = own.every((side, axis) => side === 1 || side === shape[axis])
    ? numbersIn(constantOperand({ ...tensor, shape: own }))
    : undefined;
  return numbers && repeatedTo(numbers, shape);
}

/** The product, sum, greatest or least of a list. */
function reduced(call: TfCall): Operand | undefined {
  const numbers = numbersIn(call.inputs[0]);
  const kind = REDUCED.get(call.node.op);
  if (!numbers || !kind || numbers.shape.length > 1) return undefined;
  const shape = call.node.attributes.flag("keep_dims") ? numbers.shape.map(() => 1) : [];
  return numbersOperand({ values: [numbers.values.reduce(kind)], shape, isFloat: numbers.isFloat });
}

const REDUCED: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ["Prod", (a: number, b: number) => a * b],
  ["Sum", (a: number, b: number) => a + b],
  ["Max", (a: number, b: number) => Math.max(a, b)],
  ["Min", (a: number, b: number) => Math.min(a, b)],
]);
