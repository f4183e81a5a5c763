import { stridesOf } from "../../base/index.ts";
import { DAMAGED, type Fail, tensorNamed } from "../errors.ts";
import type { WeightData, WeightTensor } from "../types.ts";
import { fetched, inSteps, type Room } from "./decoding.ts";
import { decodeElements, dtypeSize, type KnownDtype, swapBytes } from "./dtypes.ts";
import { gather, type Strided } from "./strided.ts";

/** No framework has tensors of more dimensions: a file that claims more is damaged or hostile. */
export const MAX_RANK = 64;

/** @returns the number of elements, or undefined where a dimension is no length or the product is too large. */
export function countElements(shape: readonly unknown[]): number | undefined {
  if (shape.length > MAX_RANK) return undefined;
  let count = 1;
  for (const length of shape) {
    if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0) return undefined;
    count *= length;
  }
  // A zero anywhere makes the others harmless, but only if their product didn't overflow to infinity × 0.
  return Number.isSafeInteger(count) ? count : undefined;
}

export interface TensorInFile {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: KnownDtype;
  /** Exactly the elements' bytes; called on every `data()`. Throws what is wrong with them. */
  readonly bytes: () => Uint8Array;
  /** The elements' order in `bytes`, where it is not row-major. */
  readonly order?: Strided;
  readonly bigEndian?: boolean;
}

/** A tensor decoded on demand. The caller has checked that `bytes` fits shape and order. */
export function lazyTensor(about: TensorInFile): WeightTensor {
  const { name, shape, dtype, bytes, order, bigEndian } = about;
  const data = inSteps(() => {
    const stored = bytes();
    return (room) => {
      const raw = bigEndian ? swapBytes(stored, dtypeSize(dtype), room) : stored;
      const elements = decodeElements(dtype, raw, room);
      return order ? gather(elements, shape, order, room) : elements;
    };
  });
  return { name, shape, dtype, data };
}

/** A tensor whose elements are made out of another's when read. */
export function derived(
  tensor: WeightTensor,
  shape: readonly number[],
  make: (data: WeightData, room: Room) => WeightData,
): WeightTensor {
  const data = inSteps(() => {
    const decode = fetched(tensor);
    return (room) => make(decode(room), room);
  });
  return { ...tensor, shape, originalShape: tensor.originalShape ?? tensor.shape, data };
}

/** A view of the tensor's elements in another order, perhaps of some of them only; copied when read. */
export function reordered(
  tensor: WeightTensor,
  shape: readonly number[],
  order: Strided,
): WeightTensor {
  return derived(tensor, shape, (data, room) => gather(data, shape, order, room));
}

/** A tensor of a type that can't be decoded: it is listed, and an error when read. */
export function undecodable(
  name: string,
  shape: readonly number[],
  type: string,
  fail: Fail,
): WeightTensor {
  return {
    name,
    shape,
    dtype: "other",
    data() {
      throw fail(
        tensorNamed(name),
        `elements of type ${type} can't be decoded`,
        "Convert the tensor to float32 in the tool that wrote it, or skip it",
      );
    },
  };
}

/**
 * The same tensor with its dimensions in another order, copied when read.
 *
 * @param axes for each dimension of the result, the one of `tensor` that it is: [3, 2, 0, 1] for HWIO → OIHW.
 */
export function permuted(tensor: WeightTensor, axes: readonly number[]): WeightTensor {
  const strides = stridesOf(tensor.shape);
  const shape = axes.map((axis) => tensor.shape[axis]);
  const order = { offset: 0, strides: axes.map((axis) => strides[axis]) };
  return reordered(tensor, shape, order);
}

/**
 * @returns the element count of a shape out of a file.
 * @throws the error of `fail` when it is no shape.
 */
export function checkedCount(name: string, shape: readonly unknown[], fail: Fail): number {
  const count = countElements(shape);
  if (count !== undefined) return count;
  const shown = shape.slice(0, 8).map(String).join(", ");
  const more = shape.length > 8 ? ", …" : "";
  throw fail(tensorNamed(name), `[${shown}${more}] is no shape of a tensor`, DAMAGED);
}
