import { dtypeSize, type KnownDtype } from "../elements/dtypes.ts";
import { checkedCount, lazyTensor, undecodable } from "../elements/tensors.ts";
import {
  DAMAGED,
  type Fail,
  messageOf,
  printable,
  tensorNamed,
  WeightFileError,
} from "../errors.ts";
import { ownValue } from "../json.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import { type Bytes, partOf, rangesOf, sizeOf, wholeOf } from "../sources/ranges.ts";
import type { WeightTensor } from "../types.ts";
import type { OnnxTensor } from "./messages.ts";
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

/** In which field each type's elements lie when they aren't raw: floats, doubles, 64-bit integers, and the rest. */
function fieldOf(dtype: KnownDtype): number {
  if (dtype === "f32") return 4;
  if (dtype === "f64") return 10;
  if (dtype === "i64") return 7;
  return dtype === "u32" || dtype === "u64" ? 11 : 5;
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
  for (const { name, external } of tensors) {
    const location = external && locationOf(external);
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

function locationOf(external: Readonly<Record<string, string>>): string {
  const location = ownValue(external, "location");
  return typeof location === "string" ? location.replace(/^\.\//, "") : "";
}

/** @throws the error of `fail` when the elements can't be as many as the shape needs. */
export function tensorOf(tensor: OnnxTensor, files: ExternalFiles, fail: Fail): WeightTensor {
  const { name, dims, type } = tensor;
  const count = checkedCount(name, dims, fail);
  const dtype = DTYPES.get(type);
  if (!dtype) return undecodable(name, dims, `number ${type} of ONNX`, fail);
  const size = count * dtypeSize(dtype);
  const stored = tensor.external ? externalBytes(tensor, files, size, fail) : tensor.raw;
  if (stored) {
    if (sizeOf(stored) !== size) throw wrongSize(name, sizeOf(stored), size, fail);
    return lazyTensor({ name, shape: dims, dtype, bytes: () => wholeOf(stored) });
  }
  const pieces = tensor.typed.get(fieldOf(dtype)) ?? [];
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

function externalBytes(
  { name, external = {} }: OnnxTensor,
  files: ExternalFiles,
  size: number,
  fail: Fail,
): Bytes {
  const file = rangesOf(files.get(locationOf(external)) ?? new Uint8Array(0));
  const offset = Number(ownValue(external, "offset") ?? 0);
  const length = Number(ownValue(external, "length") ?? size);
  const isInside = Number.isSafeInteger(offset) && offset >= 0 && offset + length <= file.size;
  if (!isInside) {
    const problem = `it lies beyond the end of "${printable(locationOf(external))}" (${file.size} bytes)`;
    throw fail(tensorNamed(name), problem, DAMAGED);
  }
  return partOf(file, offset, offset + length);
}

/** The elements of the typed fields as they would be stored raw. */
function typedBytes(pieces: readonly Bytes[], dtype: KnownDtype): Uint8Array {
  const bytes = pieces.length === 1 ? wholeOf(pieces[0]) : joined(pieces);
  if (dtype === "f32" || dtype === "f64") return bytes;
  const values = bigVarints(bytes);
  const stored = new Uint8Array(values.length * dtypeSize(dtype));
  const view = new DataView(stored.buffer);
  const size = dtypeSize(dtype);
  values.forEach((value, i) => {
    if (size === 8) view.setBigUint64(i * 8, BigInt.asUintN(64, value), true);
    else if (size === 4) view.setUint32(i * 4, Number(BigInt.asUintN(32, value)), true);
    else if (size === 2) view.setUint16(i * 2, Number(BigInt.asUintN(16, value)), true);
    else view.setUint8(i, Number(BigInt.asUintN(8, value)));
  });
  return stored;
}

function joined(pieces: readonly Bytes[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + sizeOf(piece), 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(wholeOf(piece), at);
    at += sizeOf(piece);
  }
  return bytes;
}
