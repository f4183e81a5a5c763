import { checkOptions } from "../base/index.ts";

/** `defaults` with the given options on top, checked; an undefined option counts as left out. */
export function mergeHyper<Options extends object>(
  name: string,
  defaults: Options,
  given: Partial<Options>,
): Options {
  checkOptions(name, given, Object.keys(defaults));
  const stated = Object.entries(given).filter(([, value]) => value !== undefined);
  const options = Object.fromEntries(stated);
  checkHyper(name, options, defaults);
  return { ...defaults, ...options };
}

/**
 * Rejects unknown hyperparameters and values of the wrong kind or out of range, by name.
 *
 * @param known every hyperparameter with its default, which tells its kind.
 */
export function checkHyper(name: string, options: object, known: object): void {
  const defaults = new Map<string, unknown>(Object.entries(known));
  checkOptions(name, options, [...defaults.keys()]);
  for (const [key, value] of Object.entries(options)) {
    if (key === "betas") checkBetas(name, value);
    else if (typeof defaults.get(key) === "boolean") {
      if (typeof value !== "boolean")
        throw new TypeError(`${name}: ${key} must be true or false, not ${show(value)}`);
    } else if (!(typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`${name}: ${key} must be a number of at least 0, not ${show(value)}`);
    }
  }
}

function checkBetas(name: string, value: unknown): void {
  const valid =
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((beta) => typeof beta === "number" && beta >= 0 && beta < 1);
  if (!valid)
    throw new RangeError(`${name}: betas must be two numbers in 0..1, not ${show(value)}`);
}

function show(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}
