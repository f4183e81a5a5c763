import { bytesOf, decodeElements, type KnownDtype } from "../elements/dtypes.ts";
import { type EncodedTensor, encodeTensors } from "../elements/encode.ts";
import { failing } from "../errors.ts";
import type { TensorToWrite } from "../types.ts";
import { writeZip } from "../zip/write.ts";
import { NPY_MAGIC } from "./npy.ts";

const DESCR: Readonly<Record<KnownDtype, string>> = {
  f64: "<f8",
  f32: "<f4",
  f16: "<f2",
  bf16: "<f4",
  i8: "|i1",
  u8: "|u1",
  i16: "<i2",
  u16: "<u2",
  i32: "<i4",
  u32: "<u4",
  i64: "<i8",
  u64: "<u8",
  bool: "|b1",
};

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
  const [header, data] = npyParts(encoded);
  const file = new Uint8Array(header.length + data.length);
  file.set(header);
  file.set(data, header.length);
  return file;
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
    encoded.map((tensor) => ({ name: `${tensor.name}.npy`, parts: npyParts(tensor) })),
    fail,
  );
}

function npyParts(tensor: EncodedTensor): [Uint8Array, Uint8Array] {
  const { dtype, bytes, shape } = tensor;
  const data = dtype === "bf16" ? bytesOf(decodeElements(dtype, bytes)) : bytes;
  return [npyHeader(DESCR[dtype], shape), data];
}

function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  // A Python tuple of one needs its comma.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const bare = NPY_MAGIC.length + 4 + text.length + 1;
  const padded = `${text}${" ".repeat((ALIGNMENT - (bare % ALIGNMENT)) % ALIGNMENT)}\n`;
  const header = new Uint8Array(NPY_MAGIC.length + 4 + padded.length);
  header.set(NPY_MAGIC);
  header.set([1, 0], 6);
  new DataView(header.buffer).setUint16(8, padded.length, true);
  header.set(new TextEncoder().encode(padded), 10);
  return header;
}
