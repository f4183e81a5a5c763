import { bytesOf, decodeElements } from "../elements/dtypes.ts";
import { type EncodedTensor, encodeTensors } from "../elements/encode.ts";
import { failing } from "../errors.ts";
import { joined } from "../sources/ranges.ts";
import type { TensorToWrite } from "../types.ts";
import { writeZip } from "../zip/write.ts";
import { NPY_MAGIC, typeOf } from "./npy.ts";

/** NumPy begins the elements at a multiple of this, so that the file can be mapped. */
const ALIGNMENT = 64;

/**
 * Writes one array as .npy, version 1.0, in row-major order. NumPy has no bfloat16: bf16 is written as float32,
 * exactly.
 *
 * @throws WeightFileError for a shape that doesn't fit its data.
 */
export function writeNpy(tensor: Omit<TensorToWrite, "name">): Uint8Array {
  const fail = failing("the file to write", "npy");
  const [encoded] = encodeTensors([{ ...tensor, name: "array" }], fail);
  return npyBytes(encoded);
}

/**
 * Writes an uncompressed archive as `numpy.savez` does: one .npy per tensor, in the order given.
 *
 * @throws WeightFileError for a name given twice, or a shape that doesn't fit its data.
 */
export function writeNpz(tensors: Iterable<TensorToWrite>): Uint8Array {
  const fail = failing("the file to write", "npz");
  const encoded = encodeTensors(tensors, fail);
  return writeZip(
    encoded.map((tensor) => ({ name: `${tensor.name}.npy`, bytes: npyBytes(tensor) })),
    fail,
  );
}

function npyBytes(tensor: EncodedTensor): Uint8Array {
  const { dtype, bytes, shape } = tensor;
  if (dtype !== "bf16") return joined([npyHeader(typeOf(dtype), shape), bytes]);
  return joined([npyHeader(typeOf("f32"), shape), bytesOf(decodeElements(dtype, bytes))]);
}

function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  // A Python tuple of one needs its comma.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${type.endsWith("1") ? "|" : "<"}${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // Before it, the magic bytes, two of the version and two of its own length.
  const bare = NPY_MAGIC.length + 4 + text.length + 1;
  const padded = `${text}${" ".repeat((ALIGNMENT - (bare % ALIGNMENT)) % ALIGNMENT)}\n`;
  const length = [padded.length & 255, padded.length >> 8];
  return Uint8Array.of(...NPY_MAGIC, 1, 0, ...length, ...new TextEncoder().encode(padded));
}
