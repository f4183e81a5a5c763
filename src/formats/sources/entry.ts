import { FORMATS } from "../detect/formats.ts";
import { listed, WeightFileError } from "../errors.ts";

const ENDINGS = FORMATS.flatMap(({ endings }) => endings);

/** Files that stand for the others beside them come first, then weight files by their usual names. */
const PREFERRED: readonly RegExp[] = [
  /\.safetensors\.index\.json$/i,
  /\.bin\.index\.json$/i,
  /model\.json$/i,
  /(^|\/)model\.safetensors$/i,
  /(^|\/)pytorch_model\.bin$/i,
  new RegExp(`(${ENDINGS.join("|").replaceAll(".", "\\.")})$`, "i"),
  /\.json$/i,
  // Not read, but the reader says what they are.
  /(^|\/)saved_model\.pb$/i,
  /\.pb$/i,
];

/**
 * Chooses the file that a folder or a set of files is to be read by.
 *
 * @param where what error messages call the folder or set.
 * @throws WeightFileError when none or several files may be meant.
 */
export function pickEntry(where: string, names: readonly string[]): string {
  if (names.length === 1) return names[0];
  for (const pattern of PREFERRED) {
    const found = names.filter((name) => pattern.test(name));
    if (found.length === 1) return found[0];
    if (found.length > 1) throw ambiguous(where, found);
  }
  throw new WeightFileError({
    file: where,
    problem:
      names.length === 0
        ? "there are no files in it"
        : `no weight file among ${names.length} files (${listed(names)})`,
    advice: "Pass the weight file itself",
  });
}

function ambiguous(where: string, names: readonly string[]): WeightFileError {
  return new WeightFileError({
    file: where,
    problem: `${names.length} files in it could be meant: ${listed(names)}`,
    advice: "Pass one of them",
  });
}
