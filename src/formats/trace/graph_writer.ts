import { Tensor } from "../../autograd/tensor.ts";
import type { StateDict } from "../../nn/index.ts";
import type {
  Architecture,
  ArchitectureNode,
  NodeOf,
  OpAttrs,
  OpName,
  WeightRole,
} from "../architecture.ts";
import type { TracedModel } from "./index.ts";

/** Puts an architecture together from operations on tensors. */
export class GraphWriter {
  readonly #nodes: ArchitectureNode[] = [];
  readonly #nodeOf = new WeakMap<Tensor, string>();
  readonly #nameOf: Map<Tensor, string>;
  readonly #weights = new Map<string, Tensor>();
  readonly #taken = new Set<string>();
  readonly #problems: string[] = [];

  constructor(state: StateDict, input: Tensor) {
    this.#nameOf = new Map(Object.entries(state).map(([name, tensor]) => [tensor, name]));
    this.#push("input", "input", [], {}, {});
    this.#nodeOf.set(input, "input");
  }

  /** Adds a node for `output`, named after the layer whose weights it takes. */
  add<K extends OpName>(
    op: K,
    inputs: readonly Tensor[],
    attrs: OpAttrs[K],
    output: Tensor,
    weights: Partial<Record<WeightRole, Tensor | null | undefined>> = {},
  ): void {
    const names = inputs.map((input) => this.#nodeOf.get(input));
    const unknown = names.findIndex((name) => name === undefined);
    if (unknown >= 0) {
      this.fail(op, `its input ${unknown} doesn't come from the image`);
      return;
    }
    const roles = Object.entries(weights).filter(
      (entry): entry is [WeightRole, Tensor] => entry[1] instanceof Tensor,
    );
    const layer = roles
      .map(([, tensor]) => this.#nameOf.get(tensor))
      .find((name) => name !== undefined);
    const name = this.#unique(layer ? layer.slice(0, layer.lastIndexOf(".")) : op);
    const used: Partial<Record<WeightRole, string>> = {};
    for (const [role, tensor] of roles) {
      used[role] = this.#nameOf.get(tensor) ?? `${name}.${role}`;
      this.#weights.set(used[role]!, tensor);
    }
    this.#push(name, op, names as string[], attrs, used);
    this.#nodeOf.set(output, name);
  }

  /** `output` is what `input` was: an operation that changes nothing. */
  alias(input: Tensor, output: Tensor): void {
    const name = this.#nodeOf.get(input);
    if (name) this.#nodeOf.set(output, name);
  }

  /** Whether a tensor depends on the image. */
  knows(tensor: Tensor): boolean {
    return this.#nodeOf.has(tensor);
  }

  fail(op: string, why: string): void {
    this.#problems.push(`${op}: ${why}`);
  }

  finish(output: Tensor, inputShape: readonly number[], classes?: readonly string[]): TracedModel {
    const last = this.#nodeOf.get(output);
    if (this.#problems.length > 0 || !last) {
      const list =
        this.#problems.length > 0 ? this.#problems : ["the output doesn't come from the image"];
      throw new Error(`this model can't be written as an architecture:\n  ${list.join("\n  ")}`);
    }
    const architecture: Architecture = {
      inputShape,
      fileLayout: "NCHW",
      nodes: this.#nodes,
      outputs: [last],
      ...(classes ? { classes } : {}),
    };
    return { architecture, weights: this.#weights };
  }

  #push<K extends OpName>(
    name: string,
    op: K,
    inputs: readonly string[],
    attrs: OpAttrs[K],
    weights: NodeOf<K>["weights"],
  ): void {
    const node: NodeOf<K> = { name, op, inputs, attrs, weights };
    this.#taken.add(name);
    this.#nodes.push(node as ArchitectureNode);
  }

  #unique(wanted: string): string {
    if (!this.#taken.has(wanted)) return wanted;
    let n = 1;
    while (this.#taken.has(`${wanted}_${n}`)) n++;
    return `${wanted}_${n}`;
  }
}
