import type { GraphNode, NetworkGraph, NodeOf, OpAttrs, OpName } from "./network_graph.ts";

/** Ops that a file format may lack and that others can express. */
export type Compound = "silu" | "hardswish" | "hardsigmoid" | "gelu" | "clamp" | "elu";

/**
 * Puts simpler ops in the place of compound ones, which then compute the same.
 *
 * @param compounds those that the format lacks. `gelu` stands for its tanh approximation only: the exact one needs an
 *   op of its own. `clamp` stands for those that don't begin at 0, `elu` for those whose alpha isn't 1.
 */
export function decomposed(graph: NetworkGraph, compounds: ReadonlySet<Compound>): NetworkGraph {
  const taken = new Set(graph.nodes.map(({ name }) => name));
  const nodes = graph.nodes.flatMap((node) => {
    if (!isCompound(node, compounds)) return [node];
    const chain = new Chain(node.name, taken);
    const [input] = node.inputs;
    RECIPES[node.op](chain, input, node);
    return chain.finish();
  });
  return { ...graph, nodes };
}

type CompoundNode = { [K in Compound]: NodeOf<K> }[Compound];

function isCompound(node: GraphNode, compounds: ReadonlySet<Compound>): node is CompoundNode {
  const names: ReadonlySet<string> = compounds;
  if (!names.has(node.op)) return false;
  if (node.op === "gelu") return node.attrs.approximate === "tanh";
  if (node.op === "elu") return node.attrs.alpha !== 1;
  return node.op !== "clamp" || node.attrs.min !== 0;
}

/** Nodes that end in one of the given name, so that whoever took its value still finds it. */
class Chain {
  readonly #name: string;
  readonly #taken: Set<string>;
  readonly #nodes: GraphNode[] = [];

  constructor(name: string, taken: Set<string>) {
    this.#name = name;
    this.#taken = taken;
  }

  /** @returns the new node's name. */
  add<K extends OpName>(op: K, inputs: readonly string[], attrs: OpAttrs[K]): string {
    const name = this.#free();
    const node: NodeOf<K> = { name, op, inputs, attrs, weights: {} };
    this.#nodes.push(node as GraphNode);
    return name;
  }

  line(input: string, scale: number, offset: number): string {
    return this.add("rescale", [input], { scale: [scale], offset: [offset] });
  }

  finish(): GraphNode[] {
    const last = this.#nodes.pop()!;
    this.#taken.delete(last.name);
    return [...this.#nodes, { ...last, name: this.#name }];
  }

  #free(): string {
    let n = this.#nodes.length + 1;
    while (this.#taken.has(`${this.#name}_${n}`)) n++;
    const name = `${this.#name}_${n}`;
    this.#taken.add(name);
    return name;
  }
}

type Recipe = (chain: Chain, input: string, node: CompoundNode) => void;

/** x / 6 + 1 / 2 between 0 and 1, as relu6(x + 3) / 6. */
const hardSigmoid = (chain: Chain, input: string) =>
  chain.line(chain.add("relu6", [chain.line(input, 1, 3)], {}), 1 / 6, 0);

const RECIPES: Readonly<Record<Compound, Recipe>> = {
  silu: (chain, input) => chain.add("mul", [input, chain.add("sigmoid", [input], {})], {}),
  hardsigmoid: hardSigmoid,
  hardswish: (chain, input) => chain.add("mul", [input, hardSigmoid(chain, input)], {}),
  // x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), Hendrycks & Gimpel 2016, arXiv:1606.08415.
  gelu: (chain, input) => {
    const cube = chain.add("mul", [input, input, input], {});
    const inner = chain.add("add", [input, chain.line(cube, 0.044715, 0)], {});
    const tanh = chain.add("tanh", [chain.line(inner, Math.sqrt(2 / Math.PI), 0)], {});
    chain.add("mul", [input, chain.line(tanh, 0.5, 0.5)], {});
  },
  // What lies above 0, and alpha times what the plain function makes of the rest.
  elu: (chain, input, node) => {
    const below = chain.line(chain.add("relu", [chain.line(input, -1, 0)], {}), -1, 0);
    const curve = chain.add("elu", [below], { alpha: 1 });
    const { alpha } = node.attrs as OpAttrs["elu"];
    chain.add("add", [chain.add("relu", [input], {}), chain.line(curve, alpha, 0)], {});
  },
  // Moved to 0, clamped there, and moved back.
  clamp: (chain, input, node) => {
    const { min, max } = node.attrs as OpAttrs["clamp"];
    const moved = chain.add("clamp", [chain.line(input, 1, -min)], { min: 0, max: max - min });
    chain.line(moved, 1, min);
  },
};
