import { type Fail, failing, printable, tensorNamed } from "../errors.ts";
import { textRecord } from "../json.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import { type Bytes, wholeOf } from "../sources/ranges.ts";
import type { WeightFile, WeightTensor } from "../types.ts";
import { openZip } from "../zip/read.ts";
import { NPY_HEAD, readNpy } from "./npy.ts";

/**
 * Reads a single .npy array, as one tensor named like the file.
 *
 * @throws WeightFileError for a damaged file.
 */
export async function readNpyFile(file: Bytes, source: ByteSource): Promise<WeightFile> {
  const bytes = wholeOf(file);
  const fileName = source.name.split(/[\\/]/).at(-1) ?? "";
  const name = /\.npy$/i.test(fileName) ? fileName.slice(0, -4) : "array";
  const tensor = readNpy(
    name,
    { head: bytes, size: bytes.length, all: () => bytes },
    failing(source.name, "npy"),
  );
  return { format: "npy", tensors: new Map([[name, tensor]]), metadata: textRecord(), notes: [] };
}

/**
 * Reads an archive of `numpy.savez` or `savez_compressed`. Compressed arrays are unpacked when they are read.
 *
 * @throws WeightFileError for a damaged archive, a zip bomb, or a damaged header of an array.
 */
export async function readNpz(bytes: Bytes, source: ByteSource): Promise<WeightFile> {
  const fail = failing(source.name, "npz");
  const archive = openZip(bytes, fail);
  const tensors = new Map<string, WeightTensor>();
  const notes: string[] = [];
  for (const [entry, { size }] of archive.entries) {
    if (!entry.endsWith(".npy")) {
      if (size > 0) notes.push(`archive entry "${printable(entry)}" is no array`);
      continue;
    }
    const name = entry.slice(0, -4);
    const file = { head: archive.head(entry, NPY_HEAD), size, all: () => archive.read(entry) };
    tensors.set(name, readNpy(name, file, inside(fail, name)));
  }
  return { format: "npz", tensors, metadata: textRecord(), notes };
}

/** Names the array in the errors about its header. */
function inside(fail: Fail, name: string): Fail {
  return (where, problem, advice) =>
    fail(where === "header" ? `header of ${tensorNamed(name)}` : where, problem, advice);
}
