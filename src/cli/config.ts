import { existsSync, readFileSync } from "node:fs";
import { UsageError } from "./errors.ts";

/**
 * Puts the options of a `--config` file where they would stand on the command line, before those
 * that were typed: these win, and both are checked alike.
 *
 * The file is a JSON object of option names without dashes: `{ "data": "photos", "batchSize": 16 }`.
 */
export function withConfig(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => arg === "--config" || arg.startsWith("--config="));
  if (at < 0) return [...args];
  const inline = args[at].startsWith("--config=");
  const path = inline ? args[at].slice("--config=".length) : args[at + 1];
  if (!path) throw new UsageError("--config: name a JSON file");
  const rest = args.filter((_, i) => i !== at && (inline || i !== at + 1));
  const names = rest[0] !== undefined && !rest[0].startsWith("-") ? 1 : 0;
  return [...rest.slice(0, names), ...tokens(readConfig(path), path), ...rest.slice(names)];
}

function readConfig(path: string): object {
  if (!existsSync(path)) throw new UsageError(`--config ${path}: no such file`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new UsageError(`--config ${path}: not valid JSON`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`--config ${path}: expected an object of options`);
}

function tokens(config: object, path: string): string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (value === true) return [`--${flag}`];
    if (value === false) return [`--no-${flag}`];
    if (typeof value === "string" || typeof value === "number") return [`--${flag}`, String(value)];
    // Paths are given one by one, names and numbers with commas.
    if (Array.isArray(value))
      return name === "data" ? ["--data", ...value.map(String)] : [`--${flag}`, value.join(",")];
    throw new UsageError(
      `--config ${path}: "${name}" is neither text, number, list nor true or false`,
    );
  });
}
