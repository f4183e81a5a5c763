import { DAMAGED, type Fail, messageOf, printable } from "./errors.ts";

/** A JSON object as parsed: own keys only, `__proto__` is a key like any other. */
export type JsonObject = { readonly [key: string]: unknown };

/** The file's text. @throws the error of `fail` when it isn't UTF-8. */
export function decodeUtf8(bytes: Uint8Array, where: string, fail: Fail): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fail(where, "it isn't UTF-8 text", DAMAGED);
  }
}

/**
 * Parses a JSON object out of a file.
 *
 * @throws the error of `fail` when it isn't JSON, isn't an object, or holds a key twice (readers would disagree on
 *   which one counts).
 */
export function parseJsonObject(text: string, where: string, fail: Fail): JsonObject {
  const value = parseJson(text, where, fail);
  if (isJsonObject(value)) return value;
  throw fail(where, "it isn't a JSON object", DAMAGED);
}

/** The same for any value, such as a list. */
export function parseJson(text: string, where: string, fail: Fail): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(where, `it isn't valid JSON (${printable(messageOf(error))})`, DAMAGED);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined)
    throw fail(where, `it holds the key "${printable(twice)}" twice`, DAMAGED);
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of an own key, undefined where there is none or `value` is no object; the prototype's don't count. */
export function ownValue(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The first key that an object of valid JSON text holds twice. `JSON.parse` keeps the last in silence. */
function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{") open.push(new Set());
    else if (char === "[") open.push(undefined);
    else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const end = stringEnd(text, at);
      if (isKey(text, end)) {
        const key: string = JSON.parse(text.slice(at, end));
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The position behind the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Only a key is followed by a colon. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text[at])) at++;
  return text[at] === ":";
}

/** Class names as a JSON list, where a file keeps them as text; undefined for any other text. */
export function classNamesIn(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    return textsIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The value as a list of texts; undefined when it is none. */
export function textsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string")
    ? value
    : undefined;
}

/** The texts of some objects under their keys, without a prototype: the keys come out of a file. */
export function textRecord(...from: readonly JsonObject[]): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const [key, value] of from.flatMap(Object.entries)) {
    if (typeof value === "string") texts[key] = value;
  }
  return texts;
}
