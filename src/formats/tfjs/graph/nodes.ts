import { DAMAGED, type Fail, printable } from "../../errors.ts";
import { isJsonObject, type JsonObject, ownValue } from "../../json.ts";

/** A node of a TensorFlow graph. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  /** Names of the nodes whose first outputs it takes. */
  readonly inputs: readonly string[];
  readonly attributes: TfAttributes;
}

/** TensorFlow's own networks have a few thousand nodes before conversion. */
const MAX_NODES = 50_000;

/** Reads `modelTopology.node`. @throws the error of `fail` when it is damaged. */
export function parseNodes(list: readonly unknown[], fail: Fail): TfNode[] {
  if (list.length > MAX_NODES) throw fail("modelTopology", `it has ${list.length} nodes`, DAMAGED);
  return list.map((entry, i) => {
    const name = isJsonObject(entry) ? ownValue(entry, "name") : undefined;
    const op = isJsonObject(entry) ? ownValue(entry, "op") : undefined;
    if (!isJsonObject(entry) || typeof name !== "string" || typeof op !== "string") {
      throw fail("modelTopology", `node ${i + 1} has no name or no op`, DAMAGED);
    }
    const inputs = ownValue(entry, "input");
    const attributes = ownValue(entry, "attr");
    return {
      name,
      op,
      inputs: Array.isArray(inputs) ? inputs.flatMap((input) => inputName(input, name, fail)) : [],
      attributes: new TfAttributes(isJsonObject(attributes) ? attributes : {}),
    };
  });
}

/** "node", "node:0" or, where nothing but the order of running is meant, "^node". */
function inputName(input: unknown, taker: string, fail: Fail): string[] {
  if (typeof input !== "string") {
    throw fail(`layer "${printable(taker)}"`, "one of its inputs is no name", DAMAGED);
  }
  return input.startsWith("^") ? [] : [input.replace(/:0$/, "")];
}

/** The attributes of a node, as protobuf's JSON form has them: numbers as texts, texts in base64. */
export class TfAttributes {
  readonly #attributes: JsonObject;

  constructor(attributes: JsonObject) {
    this.#attributes = attributes;
  }

  #part(name: string, kind: string): unknown {
    const attribute = ownValue(this.#attributes, name);
    return isJsonObject(attribute) ? ownValue(attribute, kind) : undefined;
  }

  #list(name: string, kind: string): readonly unknown[] {
    const list = this.#part(name, "list");
    const values = isJsonObject(list) ? ownValue(list, kind) : undefined;
    return Array.isArray(values) ? values : [];
  }

  text(name: string, fallback: string): string {
    return decoded(this.#part(name, "s")) ?? fallback;
  }

  texts(name: string): string[] {
    return this.#list(name, "s").flatMap((value) => decoded(value) ?? []);
  }

  number(name: string, fallback: number): number {
    const value = this.#part(name, "f") ?? this.#part(name, "i");
    return value === undefined ? fallback : Number(value);
  }

  integers(name: string): number[] {
    return this.#list(name, "i").map(Number);
  }

  flag(name: string): boolean {
    return this.#part(name, "b") === true;
  }

  /** The sides of a shape, null where one is open; undefined when the rank isn't known. */
  shape(name: string): (number | null)[] | undefined {
    const shape = this.#part(name, "shape");
    const dims = isJsonObject(shape) ? ownValue(shape, "dim") : undefined;
    if (!Array.isArray(dims)) return undefined;
    return dims.map((dim) => {
      const size = isJsonObject(dim) ? Number(ownValue(dim, "size")) : Number.NaN;
      return Number.isSafeInteger(size) && size > 0 ? size : null;
    });
  }
}

function decoded(value: unknown): string | undefined {
  if (Array.isArray(value)) return String.fromCharCode(...value.slice(0, 1000).map(Number));
  if (typeof value !== "string") return undefined;
  try {
    return atob(value);
  } catch {
    return undefined;
  }
}
