import { DAMAGED, failing } from "../errors.ts";
import { decodeUtf8 } from "../json.ts";

/**
 * Class names as the file that other tools keep beside a model too: a JSON list whose place is the
 * number of the class.
 *
 * @returns the bytes of a `labels.json`.
 */
export function labelsJson(classes: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(classes, null, 2)}\n`);
}

/**
 * Reads class names from a `labels.json`: a list of names, an object of number → name (also with
 * ImageNet's `[id, name]` pairs), an object with the list under `classes` or `labels`, or the
 * `id2label` of a Hugging Face `config.json`.
 *
 * @param name what errors call the file.
 * @throws WeightFileError when it is none of these.
 */
export function readLabels(bytes: Uint8Array, name = "labels.json"): string[] {
  const fail = failing(name, "unknown");
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(bytes, "", fail).replace(/^\uFEFF/, ""));
  } catch {
    throw fail("", "it isn't JSON", DAMAGED);
  }
  const names = namesIn(value);
  if (names) return names;
  throw fail(
    "",
    "it is neither a list of class names nor an object of number → name",
    'Write it as ["first class", "second class", …]',
  );
}

function namesIn(value: unknown): string[] | null {
  if (Array.isArray(value)) return value.every(isText) ? [...value] : null;
  if (typeof value !== "object" || value === null) return null;
  for (const key of ["classes", "labels", "id2label"]) {
    if (Object.hasOwn(value, key)) return namesIn(Reflect.get(value, key));
  }
  const count = Object.keys(value).length;
  const names = Array.from({ length: count }, (_, i) =>
    Object.hasOwn(value, String(i)) ? nameOf(Reflect.get(value, String(i))) : undefined,
  );
  return count > 0 && names.every(isText) ? names : null;
}

/** ImageNet's index lists a WordNet id before each name. */
function nameOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 2 ? value[1] : value;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
