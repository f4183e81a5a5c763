/** One array in NumPy's .npy format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */

import { stridesOf } from "../../base/index.ts";
import { dtypeSize, KNOWN_DTYPES, type KnownDtype } from "../elements/dtypes.ts";
import { checkedCount, lazyTensor, undecodable } from "../elements/tensors.ts";
import { DAMAGED, type Fail, tensorNamed } from "../errors.ts";
import { decodeUtf8 } from "../json.ts";
import type { WeightTensor } from "../types.ts";
import { parseNpyHeader } from "./header.ts";

export const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

/** NumPy itself refuses larger headers unless told to trust the file. */
const MAX_HEADER = 2 ** 16;

/** Enough of a file to hold any header. */
export const NPY_HEAD = MAX_HEADER + 12;

/** NumPy's name of a dtype: its kind, and the bytes of an element. It has none for bfloat16. */
export function typeOf(dtype: Exclude<KnownDtype, "bf16">): string {
  return `${dtype[0]}${dtypeSize(dtype)}`;
}

const DTYPES: ReadonlyMap<string, KnownDtype> = new Map(
  KNOWN_DTYPES.flatMap((dtype) => (dtype === "bf16" ? [] : [[typeOf(dtype), dtype] as const])),
);

/** An .npy file, of which the beginning is at hand and the rest can be had. */
export interface NpyBytes {
  /** At least the header. */
  readonly head: Uint8Array;
  /** Bytes of the whole file. */
  readonly size: number;
  readonly all: () => Uint8Array;
}

/**
 * Reads one .npy array. Elements in row-major order are a view of the file's bytes.
 *
 * @throws the error of `fail` for a damaged file. Objects, strings, records and complex numbers are listed, and
 *   throw when read.
 */
export function readNpy(name: string, file: NpyBytes, fail: Fail): WeightTensor {
  const { text, dataStart } = splitHeader(file.head, fail);
  const { descr, fortranOrder, shape: given } = parseNpyHeader(text, fail);
  const count = checkedCount(name, given, fail);
  const shape = given.map(Number);
  const dtype = DTYPES.get(descr.replace(/^[<>|=]/, ""));
  if (!dtype) return undecodable(name, shape, descr, fail);
  const needed = count * dtypeSize(dtype);
  if (file.size - dataStart !== needed) {
    throw fail(
      tensorNamed(name),
      `shape [${shape.join(", ")}] of ${descr} needs ${needed} bytes, and ${file.size - dataStart} are there`,
      DAMAGED,
    );
  }
  const bytes = () => file.all().subarray(dataStart);
  const order = fortranOrder && shape.length > 1 ? columnMajor(shape) : undefined;
  return lazyTensor({ name, shape, dtype, bytes, order, bigEndian: descr[0] === ">" });
}

function columnMajor(shape: readonly number[]): { offset: number; strides: number[] } {
  return { offset: 0, strides: stridesOf([...shape].reverse()).reverse() };
}

function splitHeader(bytes: Uint8Array, fail: Fail): { text: string; dataStart: number } {
  const isNpy = bytes.length >= 12 && NPY_MAGIC.every((byte, i) => bytes[i] === byte);
  if (!isNpy) throw fail("header", "it doesn't begin as an .npy array", DAMAGED);
  const major = bytes[6];
  if (major < 1 || major > 3) {
    throw fail(
      "header",
      `version ${major} of the .npy format is unknown`,
      "Save it with numpy.save",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER || start + length > bytes.length) {
    throw fail(
      "header",
      `its length is given as ${length} bytes, and the file has ${bytes.length}`,
      DAMAGED,
    );
  }
  const text = decodeUtf8(bytes.subarray(start, start + length), "header", fail);
  return { text, dataStart: start + length };
}
