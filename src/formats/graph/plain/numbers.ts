import { stridesOf } from "../../../base/index.ts";
import { countElements } from "../../elements/tensors.ts";
import type { WeightTensor } from "../../types.ts";
import { constantOperand, integerTensor, numbersOf, type Operand } from "../operands.ts";

// What graphs compute of constants: shapes out of shapes, scales out of sizes, masks.

/** A small constant as numbers. */
export interface Numbers {
  readonly values: readonly number[];
  readonly shape: readonly number[];
  readonly isFloat: boolean;
}

export function numbersIn(operand: Operand | undefined): Numbers | undefined {
  if (operand?.kind !== "constant") return undefined;
  const { tensor } = operand;
  const values = numbersOf(tensor);
  return values && { values, shape: tensor.shape, isFloat: /^(f|bf)/.test(tensor.dtype) };
}

export function numbersOperand({ values, shape, isFloat }: Numbers): Operand {
  if (!isFloat) return constantOperand(integerTensor(values, shape));
  const data = Float32Array.from(values);
  const tensor: WeightTensor = { name: "computed", shape, dtype: "f32", data: () => data };
  return constantOperand(tensor);
}

/** As many elements as are computed here. */
const MOST = 65_536;

/** Whether a shape is one of numbers that are computed here. */
export function isSmall(shape: readonly number[]): boolean {
  const count = countElements(shape);
  return count !== undefined && count <= MOST;
}

/** The shape that several spread to; undefined where they don't fit. */
function commonShape(shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map(({ length }) => length));
  const sides = Array.from({ length: rank }, (_, axis) => {
    const all = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const side = all.find((length) => length !== 1) ?? 1;
    return all.every((length) => length === 1 || length === side) ? side : -1;
  });
  return sides.includes(-1) || !isSmall(sides) ? undefined : sides;
}

/** The values spread to a shape, from the last axis on. */
function spreadTo({ values, shape }: Numbers, target: readonly number[]): number[] {
  const extra = target.length - shape.length;
  const strides = stridesOf(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
  const steps = stridesOf(target);
  const count = target.reduce((product, side) => product * side, 1);
  return Array.from({ length: count }, (_, i) => {
    const at = strides.reduce((sum, stride, axis) => {
      const index = Math.floor(i / steps[axis + extra]) % target[axis + extra];
      return sum + stride * index;
    }, 0);
    return values[at];
  });
}

/** Computes element by element, spreading what is smaller; undefined where shapes don't fit. */
export function mapped(
  inputs: readonly Numbers[],
  isFloat: boolean,
  apply: (...values: readonly number[]) => number,
): Operand | undefined {
  const shape = commonShape(inputs.map((input) => input.shape));
  if (!shape) return undefined;
  const lists = inputs.map((input) => spreadTo(input, shape));
  const values = lists[0].map((_, i) => apply(...lists.map((list) => list[i])));
  return numbersOperand({ values, shape, isFloat });
}

/** Repeated up to a shape; undefined where that is large. */
export function repeatedTo(input: Numbers, target: readonly number[]): Operand | undefined {
  const shape = isSmall(target) ? commonShape([input.shape, target]) : undefined;
  if (!shape) return undefined;
  return numbersOperand({ values: spreadTo(input, shape), shape, isFloat: input.isFloat });
}

type Compute = (...values: readonly number[]) => number;

/** Element by element, by names that ONNX and TensorFlow share or have for themselves. */
export const COMPUTED: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ["Add", (a, b) => a + b],
  ["AddV2", (a, b) => a + b],
  ["Sub", (a, b) => a - b],
  ["Mul", (a, b) => a * b],
  ["Div", (a, b) => a / b],
  ["RealDiv", (a, b) => a / b],
  ["Pow", (a, b) => a ** b],
  ["Min", Math.min],
  ["Max", Math.max],
  ["Minimum", Math.min],
  ["Maximum", Math.max],
  ["Neg", (a) => -a],
  ["Abs", Math.abs],
  ["Sqrt", Math.sqrt],
  ["Rsqrt", (a) => 1 / Math.sqrt(a)],
  ["Reciprocal", (a) => 1 / a],
  ["Exp", Math.exp],
  ["Log", Math.log],
  ["Floor", Math.floor],
  ["Ceil", Math.ceil],
  ["Equal", (a, b) => Number(a === b)],
  ["Less", (a, b) => Number(a < b)],
  ["LessOrEqual", (a, b) => Number(a <= b)],
  ["LessEqual", (a, b) => Number(a <= b)],
  ["Greater", (a, b) => Number(a > b)],
  ["GreaterOrEqual", (a, b) => Number(a >= b)],
  ["GreaterEqual", (a, b) => Number(a >= b)],
  ["Not", (a) => Number(!a)],
  ["LogicalNot", (a) => Number(!a)],
  ["And", (a, b) => Number(!!a && !!b)],
  ["LogicalAnd", (a, b) => Number(!!a && !!b)],
  ["Or", (a, b) => Number(!!a || !!b)],
  ["Where", (condition, a, b) => (condition ? a : b)],
  ["Select", (condition, a, b) => (condition ? a : b)],
  ["SelectV2", (condition, a, b) => (condition ? a : b)],
]);

const COMPARISONS = /^(Equal|Less|Greater|Not|Logical|And|Or)/;

/** Computes an operator of small constants; undefined for one that isn't in `COMPUTED`. */
export function computed(op: string, operands: readonly (Operand | undefined)[]) {
  const apply = COMPUTED.get(op);
  const inputs = operands.flatMap((operand) => numbersIn(operand) ?? []);
  if (!apply || inputs.length !== operands.length || apply.length > inputs.length) return undefined;
  const isFloat = !COMPARISONS.test(op) && inputs.some((input) => input.isFloat);
  const isWhole = !isFloat && /Div$/.test(op);
  return mapped(inputs, isFloat || ROOTS.test(op), isWhole ? (a, b) => Math.trunc(a / b) : apply);
}

/** What gives no whole numbers. */
const ROOTS = /^(Sqrt|Rsqrt|Reciprocal|Exp|Log)$/;
