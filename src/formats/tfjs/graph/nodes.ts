import { DAMAGED, type Fail, layerNamed } from "../../errors.ts";
import type {
  Attributes,
  FileNode,
  NodeCall,
  NodeContext,
  NodeRule,
} from "../../graph/nodes/context.ts";
import { ownValue } from "../../json.ts";

/** A node of a TensorFlow graph. Further outputs of a node are called "name:1", "name:2", …. */
export interface TfNode extends FileNode {
  readonly attributes: TfAttributes;
}

export type TfCall = NodeCall<TfNode>;
export type TfContext = NodeContext<TfNode>;
export type TfRule = NodeRule<TfNode>;

/** TensorFlow's own networks have a few thousand nodes before conversion. */
const MAX_NODES = 50_000;

/** Reads `modelTopology.node`. @throws the error of `fail` when it is damaged. */
export function parseNodes(list: readonly unknown[], fail: Fail): TfNode[] {
  if (list.length > MAX_NODES) throw fail("modelTopology", `it has ${list.length} nodes`, DAMAGED);
  return list.map((entry, i) => {
    const name = ownValue(entry, "name");
    const op = ownValue(entry, "op");
    if (typeof name !== "string" || typeof op !== "string") {
      throw fail("modelTopology", `node ${i + 1} has no name or no op`, DAMAGED);
    }
    const inputs = ownValue(entry, "input");
    const attributes = new TfAttributes(ownValue(entry, "attr"));
    return {
      name,
      op,
      outputs: outputsOf(name, op, attributes),
      inputs: Array.isArray(inputs) ? inputs.flatMap((input) => inputName(input, name, fail)) : [],
      attributes,
    };
  });
}

/** As many as somebody might take: of other operators nobody takes more than the first. */
function outputsOf(name: string, op: string, attributes: TfAttributes): string[] {
  const told = COUNTS.get(op);
  const count = told === undefined ? 1 : attributes.number(told, 1);
  const further = Math.min(Math.max(count, 1), MAX_OUTPUTS) - 1;
  return [name, ...Array.from({ length: further }, (_, i) => `${name}:${i + 1}`)];
}

/** The attribute that tells how many outputs an operator has. */
const COUNTS: ReadonlyMap<string, string> = new Map([
  ["Split", "num_split"],
  ["SplitV", "num_split"],
  ["Unpack", "num"],
]);

const MAX_OUTPUTS = 1000;

/** The node that gives a value. */
export const nodeOfValue = (value: string) => value.replace(/:\d+$/, "");

/** "node", "node:0" or, where nothing but the order of running is meant, "^node". */
function inputName(input: unknown, taker: string, fail: Fail): string[] {
  if (typeof input !== "string") {
    throw fail(layerNamed(taker), "one of its inputs is no name", DAMAGED);
  }
  return input.startsWith("^") ? [] : [input.replace(/:0$/, "")];
}

/** The attributes of a node, as protobuf's JSON form has them: numbers as texts, texts in base64. */
export class TfAttributes implements Attributes {
  readonly #attributes: unknown;

  constructor(attributes: unknown) {
    this.#attributes = attributes;
  }

  #part(name: string, kind: string): unknown {
    return ownValue(ownValue(this.#attributes, name), kind);
  }

  #list(name: string, kind: string): readonly unknown[] | undefined {
    const values = ownValue(this.#part(name, "list"), kind);
    return Array.isArray(values) ? values : undefined;
  }

  text(name: string, fallback: string): string {
    return decoded(this.#part(name, "s")) ?? fallback;
  }

  texts(name: string): string[] {
    return (this.#list(name, "s") ?? []).flatMap((value) => decoded(value) ?? []);
  }

  number(name: string, fallback: number): number {
    const value = this.#part(name, "f") ?? this.#part(name, "i");
    return value === undefined ? fallback : Number(value);
  }

  integers(name: string): number[] | undefined {
    return this.#list(name, "i")?.map(Number);
  }

  flag(name: string): boolean {
    return this.#part(name, "b") === true;
  }

  /** The sides of a shape, null where one is open; undefined when the rank isn't known. */
  shape(name: string): (number | null)[] | undefined {
    const dims = ownValue(this.#part(name, "shape"), "dim");
    if (!Array.isArray(dims)) return undefined;
    return dims.map((dim) => {
      const size = Number(ownValue(dim, "size"));
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
