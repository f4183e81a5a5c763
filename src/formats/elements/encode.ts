import { type Fail, messageOf, tensorNamed } from "../errors.ts";
import type { TensorToWrite } from "../types.ts";
import { encodeElements, type KnownDtype } from "./dtypes.ts";
import { checkedCount } from "./tensors.ts";

/** A tensor whose bytes are ready for a file. */
export interface EncodedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: KnownDtype;
  /** Little-endian, row-major; may be a view of the tensor's own data. */
  readonly bytes: Uint8Array;
}

/**
 * Checks and encodes the tensors of a file to be written, in their order.
 *
 * @throws the error of `fail` for a name given twice, a shape that doesn't fit its data, or a dtype that can't be
 *   written.
 */
export function encodeTensors(tensors: Iterable<TensorToWrite>, fail: Fail): EncodedTensor[] {
  const encoded = new Map<string, EncodedTensor>();
  for (const tensor of tensors) {
    if (encoded.has(tensor.name)) {
      throw fail(tensorNamed(tensor.name), "there are two tensors of this name", "Rename one");
    }
    encoded.set(tensor.name, encodeTensor(tensor, fail));
  }
  return [...encoded.values()];
}

function encodeTensor({ name, shape, dtype, data }: TensorToWrite, fail: Fail): EncodedTensor {
  const where = tensorNamed(name);
  const count = checkedCount(name, shape, fail);
  if (count !== data.length) {
    throw fail(
      where,
      `shape [${shape.join(", ")}] is ${count} elements, and ${data.length} are given`,
    );
  }
  if (dtype === "other") throw fail(where, "its dtype can't be written", "Convert it to f32 first");
  try {
    return { name, shape, dtype, bytes: encodeElements(dtype, data) };
  } catch (error) {
    throw fail(where, messageOf(error));
  }
}
