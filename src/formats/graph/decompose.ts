import { UniqueNames } from "../unique_names.ts";
import { ACTIVATIONS, type PlainActivation, type SimpleOps } from "./activations.ts";
import type { GraphNode, NetworkGraph, NodeOf, OpAttrs, OpName } from "./network_graph.ts";

/** Ops that a file format may lack and that others can express. */
export type Compound = PlainActivation | "gelu" | "clamp" | "elu";

/**
 * Puts simpler ops in the place of compound ones, which then compute the same.
 *
 * @param compounds those that the format lacks. `gelu` stands for its tanh approximation only: the exact one needs an
 *   op of its own. `clamp` stands for those that don't begin at 0, `elu` for those whose alpha isn't 1.
 */
export function decomposed(graph: NetworkGraph, compounds: ReadonlySet<Compound>): NetworkGraph {
  const names = new UniqueNames(graph.nodes.map(({ name }) => name));
  const parts = (node: GraphNode): readonly GraphNode[] => {
    const recipe = (compounds as ReadonlySet<string>).has(node.op) && recipeOf(node);
    if (!recipe) return [node];
    const chain = new Chain(node.name, names);
    recipe(chain, node.inputs[0]);
    return chain.finish().flatMap(parts);
  };
  return { ...graph, nodes: graph.nodes.flatMap(parts) };
}

/** How to make a node of simpler ones; undefined for one that is simple. */
function recipeOf(node: GraphNode): ((chain: Chain, input: string) => void) | undefined {
  switch (node.op) {
    case "gelu":
      return node.attrs.approximate === "tanh" ? tanhGelu : undefined;
    case "elu":
      return node.attrs.alpha === 1 ? undefined : scaledElu(node.attrs);
    case "clamp":
      return node.attrs.min === 0 ? undefined : movedClamp(node.attrs);
    default:
      return Object.hasOwn(ACTIVATIONS, node.op)
        ? ACTIVATIONS[node.op as PlainActivation].recipe
        : undefined;
  }
}

/** Nodes that end in one of the given name, so that whoever took its value still finds it. */
class Chain implements SimpleOps {
  readonly #name: string;
  readonly #names: UniqueNames;
  readonly #nodes: GraphNode[] = [];

  constructor(name: string, names: UniqueNames) {
    this.#name = name;
    this.#names = names;
  }

  /** @returns the new node's name. */
  add<K extends OpName>(op: K, inputs: readonly string[], attrs: OpAttrs[K]): string {
    const name = this.#names.take(this.#name);
    const node: NodeOf<K> = { name, op, inputs, attrs, weights: {} };
    this.#nodes.push(node as GraphNode);
    return name;
  }

  apply(op: PlainActivation | "add" | "mul", ...inputs: readonly string[]): string {
    return this.add(op, inputs, {});
  }

  line(input: string, scale: number, offset: number): string {
    return this.add("rescale", [input], { scale: [scale], offset: [offset] });
  }

  finish(): GraphNode[] {
    const last = this.#nodes.pop()!;
    return [...this.#nodes, { ...last, name: this.#name }];
  }
}

/** x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), Hendrycks & Gimpel 2016, arXiv:1606.08415. */
function tanhGelu(chain: Chain, x: string): void {
  const inner = chain.apply("add", x, chain.line(chain.apply("mul", x, x, x), 0.044715, 0));
  const tanh = chain.apply("tanh", chain.line(inner, Math.sqrt(2 / Math.PI), 0));
  chain.apply("mul", x, chain.line(tanh, 0.5, 0.5));
}

/** What lies above 0, and alpha times what the plain function makes of the rest. */
const scaledElu =
  ({ alpha }: OpAttrs["elu"]) =>
  (chain: Chain, x: string): void => {
    const below = chain.line(chain.apply("relu", chain.line(x, -1, 0)), -1, 0);
    const curve = chain.add("elu", [below], { alpha: 1 });
    chain.apply("add", chain.apply("relu", x), chain.line(curve, alpha, 0));
  };

/** Moved to 0, clamped there, and moved back. */
const movedClamp =
  ({ min, max }: OpAttrs["clamp"]) =>
  (chain: Chain, x: string): void => {
    const moved = chain.add("clamp", [chain.line(x, 1, -min)], { min: 0, max: max - min });
    chain.line(moved, 1, min);
  };
