import { dtypeSize, KNOWN_DTYPES, type KnownDtype } from "../elements/dtypes.ts";
import { dequantized } from "../elements/quantize.ts";
import {
  checkedCount,
  countElements,
  derived,
  lazyTensor,
  undecodable,
} from "../elements/tensors.ts";
import { DAMAGED, type Fail, failing, printable, tensorNamed } from "../errors.ts";
import {
  decodeUtf8,
  isJsonObject,
  type JsonObject,
  ownValue,
  parseJsonObject,
  textRecord,
} from "../json.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import { type ByteRanges, type Bytes, rangesOf, viewOf } from "../sources/ranges.ts";
import type { WeightFile, WeightTensor } from "../types.ts";

/** The format's own bound; a larger header is an attack or another kind of file. */
const MAX_HEADER = 100_000_000;

/** Bits per element of the types that the format names and that are listed, not decoded. */
const UNDECODED: ReadonlyMap<string, number> = new Map([
  ["C64", 64],
  ["F8_E4M3", 8],
  ["F8_E5M2", 8],
  ["F8_E8M0", 8],
  ["F6_E2M3", 6],
  ["F6_E3M2", 6],
  ["F4", 4],
]);

/** The others are called as here, in capitals. */
function dtypeOf(type: string): KnownDtype | undefined {
  return KNOWN_DTYPES.find((dtype) => dtype.toUpperCase() === type);
}

/** Undefined for a type that the format doesn't name. */
function bitsOf(type: string): number | undefined {
  const dtype = dtypeOf(type);
  return dtype ? 8 * dtypeSize(dtype) : UNDECODED.get(type);
}

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads one safetensors file. Tensors are views of `bytes`, or read when asked for.
 *
 * Format: https://github.com/huggingface/safetensors — u64 header length, JSON header, tensor bytes without gaps.
 *
 * @throws WeightFileError for a header that doesn't describe exactly the bytes that follow.
 */
export async function readSafetensors(
  bytes: Bytes,
  { name }: Pick<ByteSource, "name">,
): Promise<WeightFile> {
  const fail = failing(name, "safetensors");
  const file = rangesOf(bytes);
  const bodyStart = headerEnd(file, fail);
  const header = parseJsonObject(
    decodeUtf8(file.read(8, bodyStart), "header", fail),
    "header",
    fail,
  );
  const names = Object.keys(header).filter((key) => key !== "__metadata__");
  const entries = names.map((key) => readEntry(key, header[key], fail));
  checkRanges(entries, file.size - bodyStart, fail);
  const body = { file, start: bodyStart };
  const tensors = entries.map((entry) => [entry.name, toTensor(entry, body, fail)] as const);
  return {
    format: "safetensors",
    tensors: withScales(new Map(tensors)),
    metadata: readMetadata(ownValue(header, "__metadata__"), fail),
    notes: undecodedNotes(entries),
  };
}

/** Where integers "weight" of 8 bits have a "weight_scale" beside them, a number for each row, the floats that both stand for. */
function withScales(tensors: Map<string, WeightTensor>): Map<string, WeightTensor> {
  const found = new Map(tensors);
  for (const [name, tensor] of tensors) {
    const scale = tensors.get(`${name}_scale`);
    const [rows = 0, ...sides] = tensor.shape;
    const fits = scale?.shape.every((side, axis) => side === (axis === 0 ? rows : 1));
    if (tensor.dtype !== "i8" || scale?.dtype !== "f32" || scale.shape.length === 0 || !fits)
      continue;
    const inner = countElements(sides) ?? 1;
    const whole = derived(tensor, tensor.shape, (data) =>
      dequantized(data as Int8Array, scale.data() as Float32Array, undefined, {
        ...{ entries: rows, inner },
      }),
    );
    found.set(name, { ...whole, originalShape: undefined, dtype: "f32" });
    found.delete(`${name}_scale`);
  }
  return found;
}

function headerEnd(file: ByteRanges, fail: Fail): number {
  if (file.size < 10) throw fail("header", `the file has only ${file.size} bytes`, DAMAGED);
  const length = viewOf(file.read(0, 8)).getBigUint64(0, true);
  if (length > MAX_HEADER || length > file.size - 8) {
    throw fail(
      "header",
      `its length is given as ${length} bytes, and the file has ${file.size}`,
      DAMAGED,
    );
  }
  return 8 + Number(length);
}

function readEntry(name: string, value: unknown, fail: Fail): Entry {
  const where = tensorNamed(name);
  if (!isJsonObject(value)) throw fail(where, "its entry in the header is no object", DAMAGED);
  const type = ownValue(value, "dtype");
  const bitsEach = typeof type === "string" ? bitsOf(type) : undefined;
  if (typeof type !== "string" || bitsEach === undefined) {
    throw fail(
      where,
      `its dtype ${shown(type)} is unknown`,
      "Convert it to F32 in the tool that wrote it",
    );
  }
  const shape = ownValue(value, "shape");
  if (!Array.isArray(shape)) throw fail(where, `its shape ${shown(shape)} is no list`, DAMAGED);
  const bits = checkedCount(name, shape, fail) * bitsEach;
  const [begin, end] = readRange(value, where, fail);
  if (bits !== (end - begin) * 8) {
    throw fail(
      where,
      `shape [${shape.join(", ")}] of ${type} needs ${bits / 8} bytes, and ${end - begin} are given`,
      DAMAGED,
    );
  }
  return { name, shape: [...shape], type, begin, end };
}

function readRange(entry: JsonObject, where: string, fail: Fail): [number, number] {
  const range = ownValue(entry, "data_offsets");
  if (Array.isArray(range) && range.length === 2) {
    const [begin, end]: unknown[] = range;
    if (isOffset(begin) && isOffset(end) && begin <= end) return [begin, end];
  }
  throw fail(where, `its data_offsets ${shown(range)} are no range of bytes`, DAMAGED);
}

function isOffset(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? "(missing)", 60);
}

/** The format forbids holes and overlaps: bytes that no tensor owns could hide anything. */
function checkRanges(entries: readonly Entry[], length: number, fail: Fail): void {
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of sorted) {
    const where = tensorNamed(entry.name);
    if (entry.end > length) {
      throw fail(
        where,
        `its bytes ${entry.begin}–${entry.end} lie beyond the end of the data (${length})`,
        DAMAGED,
      );
    }
    if (entry.begin < end) throw fail(where, "its bytes overlap another tensor's", DAMAGED);
    if (entry.begin > end)
      throw fail(where, `${entry.begin - end} bytes before it belong to no tensor`, DAMAGED);
    end = entry.end;
  }
  if (end < length)
    throw fail("data", `${length - end} bytes at the end belong to no tensor`, DAMAGED);
}

/** The tensors' bytes, which begin behind the header. */
interface Body {
  readonly file: ByteRanges;
  readonly start: number;
}

function toTensor({ name, shape, type, begin, end }: Entry, body: Body, fail: Fail): WeightTensor {
  const dtype = dtypeOf(type);
  if (!dtype) return undecodable(name, shape, type, fail);
  const bytes = () => body.file.read(body.start + begin, body.start + end);
  return lazyTensor({ name, shape, dtype, bytes });
}

function readMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (value === undefined) return textRecord();
  if (!isJsonObject(value)) throw fail("__metadata__", "it is no object", DAMAGED);
  const [other] = Object.entries(value).filter(([, text]) => typeof text !== "string");
  if (!other) return textRecord(value);
  throw fail("__metadata__", `the value of "${printable(other[0])}" is no text`, DAMAGED);
}

function undecodedNotes(entries: readonly Entry[]): string[] {
  const others = entries.filter((entry) => !dtypeOf(entry.type));
  if (others.length === 0) return [];
  const [{ name, type }] = others;
  const more = others.length > 1 ? ` and ${others.length - 1} more` : "";
  return [`${tensorNamed(name)} (${type})${more} can't be decoded: reading it throws`];
}
