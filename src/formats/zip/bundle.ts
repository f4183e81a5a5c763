import { failing, listed } from "../errors.ts";
import { type ByteSource, memberSource } from "../sources/byte_source.ts";
import type { WeightReader } from "../types.ts";
import { isMainFile, MAIN_FILES } from "./main_file.ts";
import { openZip, type ZipArchive } from "./read.ts";

/**
 * Reads a network that was packed with its files, as Teachable Machine exports it.
 *
 * @throws WeightFileError when several networks are in it, or it is damaged.
 */
export const readBundle: WeightReader = async (bytes, source, readOther) => {
  const fail = failing(source.name, "unknown");
  const archive = openZip(bytes, fail);
  const names = [...archive.entries.keys()].filter(isMainFile);
  const first = MAIN_FILES.map((pattern) => names.filter((name) => pattern.test(name))).find(
    ({ length }) => length > 0,
  );
  const [main, ...others] = first ?? [];
  if (main !== undefined && others.length === 0) return readOther(member(archive, main, source));
  throw fail(
    "archive",
    `several files in it could be meant: ${listed(first ?? [])}`,
    "Unpack it and pass one of them",
  );
};

function member(archive: ZipArchive, name: string, source: ByteSource): ByteSource {
  const own = { name: `${source.name}/${name}`, read: async () => archive.read(name) };
  return memberSource(name, archive.entries, own, (other) => member(archive, other, source));
}
