import { existsSync, readFileSync } from "node:fs";
import { UsageError } from "./errors.ts";

/**
 * Class names from a file: a JSON list, a JSON object of number → name, the labels.json that graft
 * writes, or text with one name a line.
 *
 * @throws UsageError when it is none of these.
 */
export function readLabels(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`--labels ${path}: no such file`);
  const text = readFileSync(path, "utf8");
  if (!/^\s*[[{]/.test(text)) return lines(text);
  const names = namesIn(parse(text, path));
  if (names) return names;
  throw new UsageError(`--labels ${path}: expected a list of names, or an object of number → name`);
}

function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--labels ${path}: neither JSON nor plain text`, { cause });
  }
}

function namesIn(value: unknown): string[] | null {
  if (isNames(value)) return value;
  if (typeof value !== "object" || value === null) return null;
  if ("classes" in value) return isNames(value.classes) ? [...value.classes] : null;
  const entries = Object.entries(value);
  const names = entries.map((_, i) => Reflect.get(value, String(i)));
  return entries.length > 0 && isNames(names) ? names : null;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}
