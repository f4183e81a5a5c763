import { bytesOf, dtypeSize, type KnownDtype } from "../elements/dtypes.ts";
import { checkedCount, lazyTensor, undecodable } from "../elements/tensors.ts";
import {
  DAMAGED,
  type Fail,
  messageOf,
  printable,
  tensorNamed,
  WeightFileError,
} from "../errors.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import { type Bytes, joined, partOf, rangesOf, sizeOf, wholeOf } from "../sources/ranges.ts";
import type { WeightTensor } from "../types.ts";
import type { OnnxTensor } from "./schema.ts";
import { bigVarints } from "./wire.ts";

/** `TensorProto.DataType` by number. */
const DTYPES: ReadonlyMap<number, KnownDtype> = new Map<number, KnownDtype>([
  [1, "f32"],
  [2, "u8"],
  [3, "i8"],
  [4, "u16"],
  [5, "i16"],
  [6, "i32"],
  [7, "i64"],
  [9, "bool"],
  [10, "f16"],
  [11, "f64"],
  [12, "u32"],
  [13, "u64"],
  [16, "bf16"],
]);

/** The field that a type's elements lie in when they aren't raw; the others' are integers of 32 bits. */
const FIELDS: Partial<Record<KnownDtype, "float" | "double" | "int64" | "uint64">> = {
  f32: "float",
  f64: "double",
  i64: "int64",
  u32: "uint64",
  u64: "uint64",
};

/** All elements that aren't raw, of whatever type. */
export function elementPieces(tensor: OnnxTensor): readonly Bytes[] {
  return (["float", "int32", "int64", "double", "uint64"] as const).flatMap((f) => tensor[f]);
}

/** Files beside the model that hold elements, by name. */
export type ExternalFiles = ReadonlyMap<string, Bytes>;

/**
 * Reads the files that the tensors refer to.
 *
 * @throws the error of `fail` naming a tensor whose file can't be read.
 */
export async function readExternalFiles(
  tensors: readonly OnnxTensor[],
  source: ByteSource,
  fail: Fail,
): Promise<ExternalFiles> {
  const files = new Map<string, Bytes>();
  for (const tensor of tensors) {
    const { name } = tensor;
    const location = isExternal(tensor) ? locationOf(tensor) : undefined;
    if (location === undefined || files.has(location)) continue;
    try {
      const sibling = await source.sibling(location);
      files.set(location, await (sibling.open ?? sibling.read)());
    } catch (error) {
      // Anything else is an abort, which is the caller's own doing.
      if (!(error instanceof WeightFileError)) throw error;
      const problem = `its file "${printable(location)}" can't be read (${messageOf(error)})`;
      throw fail(tensorNamed(name), problem, "Put it beside the .onnx file");
    }
  }
  return files;
}

function isExternal({ location }: OnnxTensor): boolean {
  return location === 1;
}

/** What is said of the place of elements that are in another file; of two entries of one name the last counts. */
function placeOf({ external }: OnnxTensor): ReadonlyMap<string, string> {
  return new Map(external.map(({ key, value }) => [key, value]));
}

function locationOf(tensor: OnnxTensor): string {
  return (placeOf(tensor).get("location") ?? "").replace(/^\.\//, "");
}

/** @throws the error of `fail` when the elements can't be as many as the shape needs. */
export function tensorOf(tensor: OnnxTensor, files: ExternalFiles, fail: Fail): WeightTensor {
  const { name, dims, type } = tensor;
  const count = checkedCount(name, dims, fail);
  const dtype = DTYPES.get(type);
  if (!dtype) return undecodable(name, dims, `number ${type} of ONNX`, fail);
  const size = count * dtypeSize(dtype);
  const stored = isExternal(tensor) ? externalBytes(tensor, files, size, fail) : tensor.raw;
  if (stored) {
    if (sizeOf(stored) !== size) throw wrongSize(name, sizeOf(stored), size, fail);
    return lazyTensor({ name, shape: dims, dtype, bytes: () => wholeOf(stored) });
  }
  const pieces = tensor[FIELDS[dtype] ?? "int32"];
  const there = pieces.reduce((sum, piece) => sum + sizeOf(piece), 0);
  const isPlain = dtype === "f32" || dtype === "f64";
  // A varint takes a byte at least: shapes beyond what is there are found out before anything is made of them.
  if (isPlain ? there !== size : there < count) throw wrongSize(name, there, size, fail);
  const bytes = () => {
    const elements = typedBytes(pieces, dtype);
    if (elements.length !== size) throw wrongSize(name, elements.length, size, fail);
    return elements;
  };
  return lazyTensor({ name, shape: dims, dtype, bytes });
}

function wrongSize(name: string, found: number, wanted: number, fail: Fail): Error {
  return fail(
    tensorNamed(name),
    `its shape takes ${wanted} bytes, and ${found} are there`,
    DAMAGED,
  );
}

function externalBytes(tensor: OnnxTensor, files: ExternalFiles, size: number, fail: Fail): Bytes {
  const place = placeOf(tensor);
  const location = locationOf(tensor);
  const file = rangesOf(files.get(location) ?? new Uint8Array(0));
  const offset = Number(place.get("offset") ?? 0);
  const length = Number(place.get("length") ?? size);
  const isInside = Number.isSafeInteger(offset) && offset >= 0 && offset + length <= file.size;
  if (!isInside) {
    const problem = `it lies beyond the end of "${printable(location)}" (${file.size} bytes)`;
    throw fail(tensorNamed(tensor.name), problem, DAMAGED);
  }
  return partOf(file, offset, offset + length);
}

/** The elements of the typed fields as they would be stored raw. */
function typedBytes(pieces: readonly Bytes[], dtype: KnownDtype): Uint8Array {
  const bytes = joined(pieces.map(wholeOf));
  if (dtype === "f32" || dtype === "f64") return bytes;
  const size = dtypeSize(dtype);
  const values = bigVarints(bytes).map((value) => BigInt.asUintN(8 * size, value));
  if (size === 8) return bytesOf(BigUint64Array.from(values));
  const numbers = values.map(Number);
  if (size === 4) return bytesOf(Uint32Array.from(numbers));
  return size === 2 ? bytesOf(Uint16Array.from(numbers)) : Uint8Array.from(numbers);
}
