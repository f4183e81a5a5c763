import { dequantized } from "../../elements/quantize.ts";
import { countElements, derived, permuted } from "../../elements/tensors.ts";
import { constantInput } from "../../graph/nodes/context.ts";
import { shapeOf } from "../../graph/nodes/shapes.ts";
import {
  constantOperand,
  integerConstant,
  integerTensor,
  numbersOf,
  type Operand,
} from "../../graph/operands.ts";
import {
  reshapedSides,
  slicedTensor,
  squeezedSides,
  unsqueezedSides,
} from "../../graph/rearranged_constants.ts";
import { wholeOf } from "../../sources/ranges.ts";
import type { WeightTensor } from "../../types.ts";
import type { OnnxTensor } from "../schema.ts";
import { elementPieces } from "../tensors.ts";
import { integersOf, type OnnxCall, type OperatorNode, orderOf } from "./node.ts";

/**
 * Computes a node whose inputs are all known: exporters leave such to the reader ("the batch and −1" as a shape), and
 * weights to be turned or reshaped.
 *
 * @returns undefined when the node isn't of that kind.
 */
export function folded(call: OnnxCall): Operand | undefined {
  if (call.node.op === "Shape") return shapeOf(call);
  if (call.inputs.length === 0 || !call.inputs.every((input) => input?.kind === "constant")) {
    return undefined;
  }
  return weightFold(call) ?? listFold(call);
}

/** The values of the nodes that are constants. */
export function* constantsOf(
  nodes: readonly OperatorNode[],
  readTensor: (tensor: OnnxTensor) => WeightTensor,
): Generator<[name: string, tensor: WeightTensor]> {
  for (const node of nodes) {
    const [name] = node.outputs;
    if (node.op !== "Constant" || name === undefined) continue;
    const tensor = constantOf(node, name, readTensor);
    if (tensor) yield [name, tensor];
  }
}

function constantOf(
  { attributes }: OperatorNode,
  name: string,
  readTensor: (tensor: OnnxTensor) => WeightTensor,
): WeightTensor | undefined {
  const tensor = attributes.tensor("value");
  if (tensor) return readTensor({ ...tensor, name: tensor.name || name });
  const integers = attributes.integers("value_ints");
  if (integers) return integerTensor(integers, [integers.length]);
  const floats = attributes.floats("value_floats");
  if (attributes.has("value_int")) return integerTensor([attributes.number("value_int", 0)], []);
  if (!floats && !attributes.has("value_float")) return undefined;
  const data = Float32Array.from(floats ?? [attributes.number("value_float", 0)]);
  return { name, shape: floats ? [data.length] : [], dtype: "f32", data: () => data };
}

/** What only rearranges a tensor of any size. */
function weightFold(call: OnnxCall): Operand | undefined {
  const tensor = constantInput(call, 0);
  if (!tensor) return undefined;
  const { op } = call.node;
  if (op === "Identity" || (op === "Cast" && isFloat(tensor))) return constantOperand(tensor);
  if (op === "Transpose") {
    const axes =
      orderOf(call.node) ?? tensor.shape.map((_, axis) => tensor.shape.length - 1 - axis);
    const isOrder = [...axes].sort((a, b) => a - b).every((axis, i) => axis === i);
    return isOrder && axes.length === tensor.shape.length
      ? constantOperand(permuted(tensor, axes))
      : undefined;
  }
  if (op === "DequantizeLinear") return restored(call, tensor);
  if (op === "Slice") return sliced(call, tensor);
  if (op === "ConstantOfShape") return filled(call);
  const shape = newShape(call, tensor);
  return shape && constantOperand({ ...tensor, shape });
}

/** Integers of 8 bits with a scale for all, or one for each entry of an axis; the tensor's name stays. */
function restored(call: OnnxCall, tensor: WeightTensor): Operand | undefined {
  const [scale, zero] = [constantInput(call, 1), constantInput(call, 2)];
  const given = call.node.attributes.number("axis", 1);
  const axis = given < 0 ? given + tensor.shape.length : given;
  const [scales, zeros] = [scale, zero].map((list) => list && numbersOf(list));
  const entries = tensor.shape[axis] ?? 1;
  const fits = (list: readonly number[] | undefined) =>
    !list || list.length === 1 || list.length === entries;
  if (tensor.dtype !== "i8" && tensor.dtype !== "u8") return undefined;
  if (!scales || !fits(scales) || !fits(zeros) || (zeros && zeros.length !== scales.length))
    return undefined;
  const inner = countElements(tensor.shape.slice(axis + 1)) ?? 1;
  const whole = derived(tensor, tensor.shape, (data) =>
    dequantized(data as Int8Array | Uint8Array, scales, zeros, { entries, inner }),
  );
  return constantOperand({ ...whole, originalShape: tensor.originalShape, dtype: "f32" });
}

/** Every few elements along some axes; attributes before version 10, inputs since. */
function sliced(call: OnnxCall, tensor: WeightTensor): Operand | undefined {
  const starts = integersOf(call, "starts", 1);
  const ends = integersOf(call, "ends", 2);
  if (!starts || !ends) return undefined;
  const axes = integersOf(call, "axes", 3) ?? starts.map((_, i) => i);
  const steps = integersOf(call, "steps", 4) ?? starts.map(() => 1);
  const ranges = axes.map((axis, i) => ({ axis, start: starts[i], end: ends[i], step: steps[i] }));
  const cut = slicedTensor(tensor, ranges);
  return cut && constantOperand(cut);
}

function filled(call: OnnxCall): Operand | undefined {
  const shape = integersOf(call, "shape", 0);
  const count = shape && countElements(shape);
  if (!shape || count === undefined || count > MAX_FILLED) return undefined;
  const value = call.node.attributes.tensor("value");
  // Only zeros are needed (for paddings); another value is left to whoever understands it.
  const isZero = !value?.raw || wholeOf(value.raw).every((byte) => byte === 0);
  if (!isZero || (value && elementPieces(value).length > 0)) return undefined;
  return integerConstant(new Array<number>(count).fill(0), shape);
}

const MAX_FILLED = 65_536;

function isFloat({ dtype }: WeightTensor): boolean {
  return dtype === "f32" || dtype === "f64" || dtype === "f16" || dtype === "bf16";
}

function newShape(call: OnnxCall, { shape }: WeightTensor): number[] | undefined {
  const { op } = call.node;
  if (op === "Reshape") {
    const target = integersOf(call, "shape", 1);
    return target && reshapedSides(zerosKept(target, shape), shape);
  }
  const axes = integersOf(call, "axes", 1);
  if (op === "Squeeze") return squeezedSides(shape, axes);
  return op === "Unsqueeze" && axes ? unsqueezedSides(shape, axes) : undefined;
}

/** 0 keeps a side. */
const zerosKept = (target: readonly number[], shape: readonly number[]) =>
  target.map((side, axis) => (side === 0 ? shape[axis] : side));

/** Arithmetic on short lists of whole numbers. */
function listFold(call: OnnxCall): Operand | undefined {
  const lists = call.inputs.map((input) =>
    input?.kind === "constant" ? numbersOf(input.tensor) : undefined,
  );
  if (!lists.every((list) => list !== undefined)) return undefined;
  const [a, b = []] = lists;
  const rank = constantInput(call, 0)?.shape.length ?? 0;
  switch (call.node.op) {
    case "Gather": {
      if (rank !== 1 || call.node.attributes.number("axis", 0) !== 0) return undefined;
      const picked = b.map((index) => a[index < 0 ? index + a.length : index]);
      return integerConstant(picked, constantInput(call, 1)?.shape ?? []);
    }
    case "Concat":
      return integerConstant(lists.flat(), [lists.flat().length]);
    case "Cast":
    case "Floor":
      return integerConstant(a.map(Math.floor), constantInput(call, 0)?.shape ?? []);
    case "Add":
    case "Sub":
    case "Mul":
    case "Div":
      return calculated(call.node.op, a, b, call);
    default:
      return undefined;
  }
}

function calculated(op: "Add" | "Sub" | "Mul" | "Div", a: number[], b: number[], call: OnnxCall) {
  if (call.inputs.length !== 2) return undefined;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  if (short.length !== 1 && short.length !== long.length) return undefined;
  const values = long.map((_, i) => {
    const [x, y] = [a[a.length === 1 ? 0 : i], b[b.length === 1 ? 0 : i]];
    if (op === "Add") return x + y;
    if (op === "Sub") return x - y;
    return op === "Mul" ? x * y : Math.trunc(x / y);
  });
  const shape = constantInput(call, a.length >= b.length ? 0 : 1)?.shape ?? [];
  const isWhole = call.inputs.every(
    (input) => input?.kind === "constant" && !isFloat(input.tensor),
  );
  return isWhole ? integerConstant(values, shape) : undefined;
}
