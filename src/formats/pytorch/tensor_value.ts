import { stridesOf } from "../../base/index.ts";
import { countElements, lazyTensor, MAX_RANK, undecodable } from "../elements/tensors.ts";
import { DAMAGED, type Fail } from "../errors.ts";
import { PickleObject, PickleTuple, type PickleValue } from "../pickle/values.ts";
import type { ByteRanges } from "../sources/ranges.ts";
import type { WeightTensor } from "../types.ts";
import type { ElementType } from "./elements.ts";

/** A storage in a pickle: a run of elements, whose bytes lie elsewhere in the file. */
export class StorageValue extends PickleObject {
  constructor(
    readonly type: ElementType,
    /** Elements. */
    readonly count: number,
    readonly file: ByteRanges,
    readonly bigEndian: boolean,
  ) {
    super();
  }
}

/** A tensor in a pickle: a strided view of a storage, all in elements. */
export class TensorValue extends PickleObject {
  constructor(
    readonly storage: StorageValue,
    readonly type: ElementType,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {
    super();
  }

  /** @param fail makes the errors of a later `data()`. */
  named(name: string, fail: Fail): WeightTensor {
    const { storage, type, offset, shape, strides } = this;
    const { dtype, size } = type;
    if (!dtype) return undecodable(name, shape, type.name, fail);
    const { file, bigEndian } = storage;
    const order = isRowMajor(shape, strides) ? undefined : { offset: 0, strides };
    const count = order ? spanOf(shape, strides) : (countElements(shape) ?? 0);
    // Many tensors may be parts of one storage, of which no more than its own is read for each.
    const bytes = () => file.read(offset * size, (offset + count) * size);
    return lazyTensor({ name, shape, dtype, bigEndian, bytes, order });
  }
}

/** The stride of a dimension of length one is never used. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  const plain = stridesOf(shape);
  return (
    shape.includes(0) || shape.every((length, dim) => length === 1 || strides[dim] === plain[dim])
  );
}

/** Elements from the first to the last that a view touches. */
function spanOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, length, dim) => span + (length - 1) * strides[dim], 1);
}

/** A view may repeat its storage's elements (stride 0); beyond this many it is made to fill the memory. */
const MAX_REPEATED = 2 ** 22;

/**
 * `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, …)` and its relatives.
 *
 * @param type the elements' type where the storage doesn't tell.
 * @throws the error of `fail` for a view that doesn't lie within its storage.
 */
export function rebuildTensor(
  args: readonly PickleValue[],
  fail: Fail,
  type?: ElementType,
): TensorValue {
  const [storage, offset, size, stride] = args;
  if (!(storage instanceof StorageValue)) throw broken("a tensor without a storage", fail);
  const elements = type ?? storage.type;
  const capacity = Math.floor((storage.count * storage.type.size) / elements.size);
  const shape = integers(size, fail);
  const strides = integers(stride, fail);
  const count = countElements(shape);
  if (count === undefined || shape.length !== strides.length || !isIndex(offset)) {
    throw broken(
      `a tensor of shape [${shape.slice(0, 8)}] and strides [${strides.slice(0, 8)}]`,
      fail,
    );
  }
  if (count > 0 && !(offset + spanOf(shape, strides) <= capacity)) {
    throw broken(`a tensor of shape [${shape}] that reaches beyond its ${capacity} elements`, fail);
  }
  if (count > Math.max(capacity, MAX_REPEATED)) {
    throw broken(`a tensor of shape [${shape}] that repeats ${capacity} elements`, fail);
  }
  return new TensorValue(storage, elements, offset, shape, strides);
}

function broken(what: string, fail: Fail): Error {
  return fail("pickle", `it holds ${what}`, DAMAGED);
}

function isIndex(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function integers(value: PickleValue | undefined, fail: Fail): number[] {
  const items = value instanceof PickleTuple ? value.items : value;
  if (!Array.isArray(items) || items.length > MAX_RANK) {
    throw broken("a tensor without shape or strides", fail);
  }
  return items.map((item: PickleValue) => {
    if (!isIndex(item)) throw broken("a tensor whose shape or strides are no lengths", fail);
    return item;
  });
}
