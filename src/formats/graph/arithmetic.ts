import { countElements } from "../elements/tensors.ts";
import type { WeightTensor } from "../types.ts";
import type { NetworkBuilder, Value } from "./builder.ts";
import {
  channelAxis,
  channelsOf,
  fileShape,
  type Layout,
  numbersOf,
  type Operand,
  type ValueOperand,
} from "./operands.ts";

export type Arithmetic = "add" | "sub" | "mul" | "div";

export interface Calculation {
  readonly name: string;
  readonly kind: Arithmetic;
  readonly a: Operand | undefined;
  readonly b: Operand | undefined;
}

/**
 * Adds, subtracts, multiplies or divides two values of a network, or a value and a constant.
 *
 * @returns the result, with the names of the constants it took, or why it can't be done.
 */
export function calculate(
  builder: NetworkBuilder,
  { name, kind, a, b }: Calculation,
): { readonly value: Value; readonly layout: Layout; readonly taken?: string } | string {
  if (a?.kind === "value" && b?.kind === "value") return combined(builder, name, kind, a, b);
  const [value, constant] = a?.kind === "value" ? [a, b] : [b, a];
  if (value?.kind !== "value" || constant?.kind !== "constant") {
    return "its input isn't a value of the network";
  }
  const { tensor } = constant;
  const values = perChannel(tensor, value.value, value.layout);
  if (!values) return "a constant other than one number per channel isn't supported";
  const isReversed = constant === a;
  if (isReversed && kind === "div") {
    const inverse = builder.add("pow", `${name}_inverse`, [value.value], { exponent: -1 });
    const scaled = builder.add("rescale", name, [inverse], { scale: values, offset: [0] });
    return { value: scaled, layout: value.layout, taken: tensor.name };
  }
  const line = lineOf(kind, values, isReversed);
  // Exporters write · 1 + 0 where a layer has no weight and bias.
  if (line.scale.join() === "1" && line.offset.join() === "0") {
    return { value: value.value, layout: value.layout, taken: tensor.name };
  }
  const result = builder.add("rescale", name, [value.value], line);
  return { value: result, layout: value.layout, taken: tensor.name };
}

function lineOf(kind: Arithmetic, values: readonly number[], isReversed: boolean) {
  if (kind === "mul") return { scale: values, offset: [0] };
  if (kind === "div") return { scale: values.map((value) => 1 / value), offset: [0] };
  if (kind === "add") return { scale: [1], offset: values };
  return isReversed
    ? { scale: [-1], offset: values }
    : { scale: [1], offset: values.map((value) => -value) };
}

function combined(
  builder: NetworkBuilder,
  name: string,
  kind: Arithmetic,
  a: ValueOperand,
  b: ValueOperand,
): { readonly value: Value; readonly layout: Layout } | string {
  const areMaps = a.value.shape?.length === 3 && b.value.shape?.length === 3;
  if (areMaps && a.layout !== b.layout) return "its inputs lie in different layouts";
  if (kind === "div") {
    return { value: builder.add("div", name, [a.value, b.value], {}), layout: a.layout };
  }
  const negative = (value: Value) =>
    builder.add("rescale", `${name}_negative`, [value], { scale: [-1], offset: [0] });
  const inputs = [a.value, kind === "sub" ? negative(b.value) : b.value];
  const value = builder.add(kind === "mul" ? "mul" : "add", name, inputs, {});
  return { value, layout: a.layout };
}

/** A constant as one number for all, or one for each channel or feature; undefined when it is neither. */
function perChannel(tensor: WeightTensor, value: Value, layout: Layout): number[] | undefined {
  return countPerChannel(tensor, value, layout) ? numbersOf(tensor) : undefined;
}

/** How many numbers a constant has: one for all, or one for each channel or feature; undefined when it is neither. */
export function countPerChannel(
  tensor: WeightTensor,
  value: Value,
  layout: Layout,
): number | undefined {
  const count = countElements(tensor.shape);
  if (count === 1) return count;
  const rank = fileShape(value, layout).length;
  // Counted from the last axis, as constants are spread.
  const channels = tensor.shape.at(channelAxis(value, layout) - rank);
  if (!value.shape || channels !== count || channels !== channelsOf(value, layout))
    return undefined;
  return count;
}
