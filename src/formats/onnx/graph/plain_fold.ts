import { stridesOf } from "../../../base/index.ts";
import { reordered } from "../../elements/tensors.ts";
import { constantInput, listInput } from "../../graph/nodes/context.ts";
import { constantOperand, integerConstant, type Operand } from "../../graph/operands.ts";
import {
  computed,
  isSmall,
  type Numbers,
  numbersIn,
  numbersOperand,
} from "../../graph/plain/numbers.ts";
import { fileSides, plainInput, reading } from "../../graph/plain/values.ts";
import { wholeOf } from "../../sources/ranges.ts";
import type { OnnxTensor } from "../schema.ts";
import { folded } from "./fold.ts";
import { integersOf, type OnnxCall, type OnnxContext } from "./node.ts";

/** `TensorProto.DataType` of floats. */
const FLOATS: ReadonlySet<number> = new Set([1, 10, 11, 16]);

/**
 * Computes a node of constants where axes are taken as they are: numbers of any kind, and shapes in which the batch is what
 * the file takes it for.
 *
 * @returns undefined when the node isn't of that kind.
 */
export function plainFolded(call: OnnxCall, context: OnnxContext): Operand | undefined {
  const { op, attributes } = call.node;
  if (op === "Shape") return shapeOf(call, context);
  const isConstant = call.inputs.every((input) => input?.kind === "constant");
  if (!isConstant || call.inputs.length === 0) return undefined;
  if (op === "Expand") return expanded(call, context);
  if (op === "ConstantOfShape")
    return filled(integersOf(call, "shape", 0), attributes.tensor("value"));
  if (op === "Cast") return cast(call, FLOATS.has(attributes.number("to", 1)));
  if (op === "Concat") return joined(call);
  if (op === "Range") return range(call);
  return computed(op, call.inputs) ?? folded(call);
}

function shapeOf(call: OnnxCall, context: OnnxContext): Operand | undefined {
  const sides =
    call.inputs[0]?.kind === "constant"
      ? call.inputs[0].tensor.shape
      : (() => {
          const input = plainInput(call, context);
          return input && fileSides(input, context);
        })();
  if (!sides?.every((side) => side !== null)) return undefined;
  const { attributes } = call.node;
  const part = sides.slice(attributes.number("start", 0), attributes.integers("end")?.[0]);
  return integerConstant(part, [part.length]);
}

/** A constant for each image stays one for all. */
function expanded(call: OnnxCall, context: OnnxContext): Operand | undefined {
  const tensor = constantInput(call, 0);
  const target = listInput(call, 1);
  if (!tensor || !target || target.length < tensor.shape.length) return undefined;
  const { batch } = reading(context);
  const own = [...target.slice(tensor.shape.length).map(() => 1), ...tensor.shape];
  const shape = own.map((side, axis) => {
    const isBatch = axis === 0 && target[axis] === batch && side === 1;
    return isBatch || side !== 1 ? side : Math.max(1, target[axis]);
  });
  if (shape.join() === own.join()) return constantOperand({ ...tensor, shape });
  if (!isSmall(shape)) return undefined;
  const strides = stridesOf(own).map((stride, axis) => (own[axis] === 1 ? 0 : stride));
  return constantOperand(reordered(tensor, shape, { offset: 0, strides }));
}

function filled(
  shape: readonly number[] | undefined,
  value: OnnxTensor | undefined,
): Operand | undefined {
  if (!shape || !isSmall(shape)) return undefined;
  const count = shape.reduce((product, side) => product * side, 1);
  const isFloat = value === undefined || FLOATS.has(value.type);
  const number = value?.raw ? numberIn(wholeOf(value.raw), value.type) : 0;
  if (number === undefined) return undefined;
  return numbersOperand({ values: new Array<number>(count).fill(number), shape, isFloat });
}

/** The one number of a tensor of float32, int64 or bool. */
function numberIn(bytes: Uint8Array, type: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 1 && bytes.length >= 4) return view.getFloat32(0, true);
  if (type === 7 && bytes.length >= 8) return Number(view.getBigInt64(0, true));
  return type === 9 && bytes.length >= 1 ? bytes[0] : undefined;
}

function cast(call: OnnxCall, isFloat: boolean): Operand | undefined {
  const numbers = numbersIn(call.inputs[0]);
  // Weights keep their names.
  if (!numbers || (numbers.isFloat && isFloat)) return call.inputs[0];
  const values = isFloat ? numbers.values : numbers.values.map(Math.trunc);
  return numbersOperand({ ...numbers, values, isFloat });
}

/** Lists, one behind the other. */
function joined(call: OnnxCall): Operand | undefined {
  const lists = call.inputs.flatMap((input): Numbers[] => {
    const numbers = numbersIn(input);
    return numbers && numbers.shape.length === 1 ? [numbers] : [];
  });
  if (lists.length < call.inputs.length) return undefined;
  const values = lists.flatMap((list) => [...list.values]);
  return numbersOperand({ values, shape: [values.length], isFloat: lists.some((l) => l.isFloat) });
}

function range(call: OnnxCall): Operand | undefined {
  const [start, limit, delta] = call.inputs.map((input) => numbersIn(input)?.values[0]);
  if (start === undefined || limit === undefined || !delta) return undefined;
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!isSmall([count])) return undefined;
  const values = Array.from({ length: count }, (_, i) => start + i * delta);
  return numbersOperand({ values, shape: [count], isFloat: !values.every(Number.isInteger) });
}
