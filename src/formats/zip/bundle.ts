import { failing, printable } from "../errors.ts";
import { type ByteSource, siblingSegments } from "../sources/byte_source.ts";
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
  const shown = [main, ...others].slice(0, 6).map((name) => printable(name ?? "", 60));
  throw fail(
    "archive",
    `several files in it could be meant: ${shown.join(", ")}`,
    "Unpack it and pass one of them",
  );
};

function member(archive: ZipArchive, name: string, source: ByteSource): ByteSource {
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  return {
    name: `${source.name}/${name}`,
    read: async () => archive.read(name),
    sibling: async (other) =>
      member(archive, folder + siblingSegments(name, other).join("/"), source),
    siblings: async () =>
      [...archive.entries.keys()]
        .filter((path) => path.startsWith(folder) && !path.includes("/", folder.length))
        .map((path) => path.slice(folder.length)),
  };
}
