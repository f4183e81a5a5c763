import { countElements } from "../elements/tensors.ts";
import type { WeightTensor } from "../types.ts";
import type { Value } from "./builder.ts";
import type { View } from "./plain/view.ts";

/**
 * How a file sees a map: channels last or first, signals [channels, length] (for us maps of one row), or images without
 * channels (for us of one). Signals may have their channels last, too. Ours is always [channels, height, width]; only what the file says of axes differs.
 * "ANY" is no map: its axes are as the file has them, see `plain/view`.
 */
export type Layout = "NHWC" | "NCHW" | "NCL" | "NLC" | "NHW" | "ANY";

/** Those with two sides behind the batch. */
export type LayoutOfTwo = "NCL" | "NLC" | "NHW";

export function isOfTwo(layout: Layout): layout is LayoutOfTwo {
  return layout === "NCL" || layout === "NLC" || layout === "NHW";
}

/** A value of the network, and how the file sees it. */
export interface ValueOperand {
  readonly kind: "value";
  readonly value: Value;
  readonly layout: Layout;
  /** Of "ANY" alone; each dimension an axis behind the batch where left out. */
  readonly view?: View;
}

/** What a node of a graph works on: a value of the network, or a tensor that is known already. */
export type Operand = ValueOperand | { readonly kind: "constant"; readonly tensor: WeightTensor };

export function valueOperand(value: Value, layout: Layout): Operand {
  return { kind: "value", value, layout };
}

export function constantOperand(tensor: WeightTensor): Operand {
  return { kind: "constant", tensor };
}

/** Whether a value lies behind a layer that isn't supported: nothing is known of it. */
export function isUnknown(operand: Operand | undefined): boolean {
  return operand?.kind === "value" && operand.value.shape === undefined;
}

/** What small lists of numbers (shapes, axes, paddings, factors per channel) are limited to. */
const MAX_LIST = 65_536;

/** A constant's elements as numbers; undefined when it is too large to be a list of settings. */
export function numbersOf(tensor: WeightTensor): number[] | undefined {
  const count = countElements(tensor.shape);
  if (count === undefined || count > MAX_LIST) return undefined;
  return Array.from<number | bigint, number>(tensor.data(), Number);
}

/** Whole numbers as a tensor. */
export function integerTensor(values: readonly number[], shape: readonly number[]): WeightTensor {
  const data = BigInt64Array.from(values, (value) =>
    BigInt(Number.isSafeInteger(value) ? value : 0),
  );
  return { name: "computed", shape, dtype: "i64", data: () => data };
}

export function integerConstant(values: readonly number[], shape: readonly number[]): Operand {
  return constantOperand(integerTensor(values, shape));
}

/** The file's axis of the channels or features, counted with the batch; −1 where it has none. */
export function channelAxis(value: Value, layout: Layout): number {
  if (layout === "ANY") return value.shape?.length ?? 1;
  if (value.shape?.length !== 3) return 1;
  return { NHWC: 3, NCHW: 1, NCL: 1, NLC: 2, NHW: -1 }[layout];
}

/** How many channels or features a value has; features come last where axes are any. */
export function channelsOf({ shape }: Value, layout: Layout): number | null {
  return shape?.at(layout === "ANY" ? -1 : 0) ?? null;
}

/** Counts an axis from the front. */
export function fromFront(axis: number, value: Value, layout: Layout = "NCHW"): number {
  const rank = value.shape ? fileShape(value, layout).length : 4;
  return axis < 0 ? axis + rank : axis;
}

/** The value's shape as the file sees it, the batch in front as 1. */
export function fileShape({ shape = [] }: Value, layout: Layout): (number | null)[] {
  const [channels, height, width] = shape;
  if (shape.length !== 3 || layout === "NCHW" || layout === "ANY") return [1, ...shape];
  if (layout === "NHWC") return [1, height, width, channels];
  if (layout === "NLC") return [1, width, channels];
  return layout === "NCL" ? [1, channels, width] : [1, height, width];
}

/** The file's two sides behind the batch as a map of ours. */
export function mapOfTwo<T>([a, b]: readonly T[], layout: LayoutOfTwo): [T | 1, T | 1, T] {
  if (layout === "NLC") return [b, 1, a];
  return layout === "NCL" ? [a, 1, b] : [1, a, b];
}
