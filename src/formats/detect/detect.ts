import { DAMAGED, type Fail, failing, printable, type WeightFileError } from "../errors.ts";
import type { Bytes } from "../sources/ranges.ts";
import type { FileFormat } from "./format.ts";
import { FORMATS } from "./formats.ts";
import { FileSample } from "./sample.ts";

const TITLES = FORMATS.flatMap(({ title }) => title ?? []);
const READABLE = `Graft reads ${TITLES.slice(0, -1).join(", ")} and ${TITLES.at(-1)}`;

/** Beginnings of files that people pass by mistake, and what to do then. */
const MISTAKEN: readonly (readonly [start: string, problem: string, advice?: string])[] = [
  [
    "version https://git-lfs",
    "this is a Git LFS pointer, not the weights",
    'Run "git lfs pull", or download the file itself',
  ],
  [
    "<",
    "this is a web page or XML, not weights",
    "Check the address: the server may want a login, or link to the raw file",
  ],
  ["\x1f\x8b", "this file is compressed with gzip", "Unpack it and pass the file inside"],
  ["GGUF", "this is a GGUF model, which can't be read"],
  ["\xff\xd8\xff", "this is a JPEG image, not weights"],
  ["\x89PNG", "this is a PNG image, not weights"],
];

/**
 * Tells a weight file's format by its content, whatever its name.
 *
 * @param name what errors call the file.
 * @throws WeightFileError when it is none of `formats`, saying what it is instead where that can be told.
 */
export function detectFormat(
  bytes: Bytes,
  name: string,
  formats: readonly FileFormat[] = FORMATS,
): FileFormat {
  const sample = new FileSample(bytes, name);
  const fail = failing(name, "unknown");
  if (sample.head.length === 0) throw fail("", "the file is empty", "Download or save it again");
  const format = formats.find(({ recognises }) => recognises(sample));
  if (format) return format;
  if (sample.isZip) throw unknownZip(sample.zipNames, fail);
  if (sample.isJson) throw unknownJson(fail);
  throw unknown(sample, fail);
}

function unknownZip(names: readonly string[], fail: Fail): WeightFileError {
  if (names.length === 0) return fail("archive", "it is empty", "Save it again");
  const shown = names.slice(0, 5).map((name) => printable(name, 60));
  return fail(
    "archive",
    `it holds no weights that Graft knows (${shown.join(", ")}${names.length > 5 ? ", …" : ""})`,
    "Unpack it and pass the weight file inside",
  );
}

function unknownJson(fail: Fail): WeightFileError {
  return fail(
    "JSON",
    "it is neither a TensorFlow.js model.json nor an index of shards (weight_map)",
    "Pass the weight file that lies beside it",
  );
}

function unknown(sample: FileSample, fail: Fail): WeightFileError {
  const mistaken = MISTAKEN.find(([start]) => sample.startsWith(start));
  if (mistaken) return fail("", mistaken[1], mistaken[2] ?? READABLE);
  if (sample.startsWith("TFL3", 4)) {
    return fail("", "this is a TensorFlow Lite model, which can't be read", READABLE);
  }
  const isZero = sample.head.every((byte) => byte === 0);
  return isZero
    ? fail("", "it begins with nothing but zeros", DAMAGED)
    : fail("", "it is no weight file that Graft knows", READABLE);
}
