import type { HW } from "../../../base/index.ts";
import { DAMAGED, type Fail, layerNamed, printable } from "../../errors.ts";
import { type JsonObject, ownValue } from "../../json.ts";

/** Reads a layer's configuration. The names of one setting changed between Keras 1, 2 and 3: the first found counts. */
export class Fields {
  readonly layer: string;
  readonly config: JsonObject;
  readonly #fail: Fail;

  constructor(layer: string, config: JsonObject, fail: Fail) {
    this.layer = layer;
    this.config = config;
    this.#fail = fail;
  }

  /** The same layer's settings, of an object inside its configuration. */
  of(config: JsonObject): Fields {
    return new Fields(this.layer, config, this.#fail);
  }

  /** The setting as it is; undefined when it is absent or null. */
  value(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = ownValue(this.config, name);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  }

  number(fallback: number, ...names: readonly string[]): number {
    const value = this.value(...names) ?? fallback;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.wrong(names[0], value);
  }

  /** A whole number of at least 1. */
  count(fallback: number, ...names: readonly string[]): number {
    const value = this.number(fallback, ...names);
    if (isCount(value)) return value;
    throw this.wrong(names[0], value);
  }

  /** True or false; some writers put 1 or 0. */
  flag(fallback: boolean, ...names: readonly string[]): boolean {
    const value = this.value(...names) ?? fallback;
    if (typeof value === "boolean") return value;
    if (value === 0 || value === 1) return value === 1;
    throw this.wrong(names[0], value);
  }

  text(fallback: string, ...names: readonly string[]): string {
    const value = this.value(...names) ?? fallback;
    if (typeof value === "string") return value;
    throw this.wrong(names[0], value);
  }

  /** One whole number for both sides, or [height, width]. */
  pair(fallback: HW | undefined, ...names: readonly string[]): HW {
    const value = this.value(...names) ?? fallback;
    if (isCount(value)) return [value, value];
    if (Array.isArray(value) && value.length === 2 && value.every(isCount)) {
      return [value[0], value[1]];
    }
    throw this.wrong(names[0], value);
  }

  wrong(name: string, value: unknown): Error {
    const text = printable(JSON.stringify(value) ?? "missing", 60);
    return this.#fail(layerNamed(this.layer), `its ${name} is ${text}`, DAMAGED);
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

/** The text of a setting that Keras 3 may wrap: `"relu"` or `{ class_name: "function", config: "relu" }`. */
export function functionName(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const config = ownValue(value, "config");
  return ownValue(value, "class_name") === "function" && typeof config === "string"
    ? config
    : undefined;
}
