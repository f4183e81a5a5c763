import { DAMAGED, failing } from "../errors.ts";
import { decodeUtf8, isJsonObject, ownValue, textsIn } from "../json.ts";

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
  if (names) return [...names];
  throw fail(
    "",
    "it is neither a list of class names nor an object of number → name",
    'Write it as ["first class", "second class", …]',
  );
}

function namesIn(value: unknown): readonly string[] | undefined {
  if (!isJsonObject(value)) return textsIn(value);
  for (const key of ["classes", "labels", "id2label"]) {
    if (Object.hasOwn(value, key)) return namesIn(value[key]);
  }
  const numbers = Object.keys(value).map((_, i) => String(i));
  return numbers.length > 0
    ? textsIn(numbers.map((number) => nameOf(ownValue(value, number))))
    : undefined;
}

/** ImageNet's index lists a WordNet id before each name. */
function nameOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 2 ? value[1] : value;
}
