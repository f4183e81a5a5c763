import { countElements } from "../../elements/tensors.ts";
import type { WeightTensor } from "../../types.ts";
import type { Value } from "../builder.ts";
import type { NodeContext } from "../nodes/context.ts";
import { numbersOf } from "../operands.ts";
import { type PlainValue, reading } from "./values.ts";
import { BATCH } from "./view.ts";

/** Infinity doesn't add up, and float32 has little that is larger. */
const MOST = 3e38;

/** A constant as a value that is the same for each image. @param shape without the batch, of as many elements. */
export function constantValue(
  tensor: WeightTensor,
  shape: readonly number[],
  context: NodeContext,
): Value {
  const { weights, constants } = reading(context);
  const key = `${tensor.name}:${shape.join()}`;
  const known = constants.get(key);
  if (known) return known;
  const isFloat = /^(f|bf)/.test(tensor.dtype);
  const isTrained = isFloat && weights.has(tensor.name);
  const weight = isTrained ? { ...tensor, shape } : { ...finite(tensor), shape };
  context.taken.add(tensor.name);
  const name = /^(.+)\.weight$/.exec(tensor.name)?.[1] ?? (tensor.name || "constant");
  const value = context.builder.add("constant", name, [], { shape, isTrained }, { weight });
  constants.set(key, value);
  return value;
}

/** As float32, without infinities. */
function finite(tensor: WeightTensor): WeightTensor {
  const data = () =>
    Float32Array.from<number | bigint>(tensor.data(), (value) =>
      Math.min(Math.max(Number(value), -MOST), MOST),
    );
  return { ...tensor, dtype: "f32", data };
}

/** A constant's one number; undefined where it has several. */
export function scalarOf(tensor: WeightTensor): number | undefined {
  return countElements(tensor.shape) === 1 ? numbersOf(tensor)?.[0] : undefined;
}

/**
 * A constant that spreads over a value, as a value of as many dimensions; undefined where it differs from image to image, or
 * has more axes.
 */
export function spreadConstant(
  tensor: WeightTensor,
  { shape, view }: PlainValue,
  context: NodeContext,
): Value | undefined {
  const extra = view.length - tensor.shape.length;
  if (extra < 0 && tensor.shape.slice(0, -extra).some((side) => side !== 1)) return undefined;
  const sides = new Array<number>(shape.length).fill(1);
  for (const [axis, dims] of view.entries()) {
    const side = tensor.shape[axis - extra] ?? 1;
    if (side === 1) continue;
    if (dims.includes(BATCH)) return undefined;
    sides[dims[0]] = side;
  }
  return constantValue(tensor, sides, context);
}
