import { type Tensor, tensor } from "../../../autograd/index.ts";
import {
  type GraphNode,
  type NetworkGraph,
  type NodeOf,
  type OpAttrs,
  type OpName,
  reachable,
  UniqueNames,
  type WeightRole,
} from "../../../formats/index.ts";
import { persistently } from "../../../kernels/index.ts";
import type { StateDict } from "../../../nn/index.ts";
import { Constants } from "./constants.ts";

export interface TracedModel {
  readonly graph: NetworkGraph;
  /** The model's own tensors, by the names the graph uses. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Reads from the GPU what the graph's rescalings multiply with and add: until then they are zeros. */
  readonly readConstants: () => Promise<void>;
}

/** Whether tensors of three dimensions are signals, which graphs have as maps of one row, or have any axes. */
export type AxesAre = "of maps" | "any";

/** Ops of maps [channels, height, width] alone. */
const OF_MAPS: ReadonlySet<OpName> = new Set([
  ...(["conv2d", "convTranspose2d", "maxPool2d", "avgPool2d", "globalAvgPool"] as const),
  ...(["globalMaxPool", "resize", "pad", "depthToSpace", "spaceToDepth"] as const),
]);

/** Puts a graph together from operations on tensors. */
export class GraphWriter {
  readonly #nodes: GraphNode[] = [];
  readonly #nodeOf = new WeakMap<Tensor, string>();
  /** What a reshaped tensor was before its first reshape. */
  readonly #unshaped = new WeakMap<Tensor, Tensor>();
  /** The model's parameters and buffers by their memory. */
  readonly #state: Map<object, [name: string, tensor: Tensor]>;
  readonly #weights = new Map<string, Tensor>();
  readonly #names = new UniqueNames();
  /** What can't be written, and how often it occurs. */
  readonly #problems = new Map<string, number>();
  readonly #constants = new Constants();

  constructor(
    state: StateDict,
    input: Tensor,
    readonly axes: AxesAre = "of maps",
  ) {
    this.#state = new Map(Object.entries(state).map((entry) => [entry[1].array.identity, entry]));
    this.#push(this.#names.take("input"), "input", [], {}, {});
    this.#nodeOf.set(input, "input");
  }

  /** Adds a node for `output`, named after the layer whose weights it takes. */
  add<K extends OpName>(
    op: K,
    inputs: readonly Tensor[],
    attrs: OpAttrs[K],
    output: Tensor,
    weights: Partial<Record<WeightRole, { readonly identity: object } | null | undefined>> = {},
  ): void {
    if (this.axes === "any" && OF_MAPS.has(op) && inputs[0]!.ndim !== 4) {
      this.fail(op, "signals can't be written beside values of any axes");
    }
    const names = inputs.map((input) => this.#nodeOf.get(input));
    const unknown = names.indexOf(undefined);
    if (unknown >= 0) {
      this.fail(op, `its input ${unknown} doesn't come from the image`);
      return;
    }
    const found = Object.entries(weights).flatMap(([role, value]) => {
      const entry = value && this.#state.get(value.identity);
      if (value && !entry) this.fail(op, `its ${role} is not a parameter or buffer of the model`);
      return entry ? [{ role, name: entry[0], tensor: entry[1] }] : [];
    });
    const layer = found[0]?.name;
    const name = this.#names.take(layer ? (/^(.+)\.[^.]*$/.exec(layer)?.[1] ?? layer) : op);
    const used = Object.fromEntries(found.map((weight) => [weight.role, weight.name]));
    for (const weight of found) this.#weights.set(weight.name, weight.tensor);
    this.#push(name, op, names as string[], attrs, used);
    this.#nodeOf.set(output, name);
  }

  /** `output` is what `input` was: an operation that changes nothing. */
  alias(input: Tensor, output: Tensor): void {
    const name = this.#nodeOf.get(input);
    if (name) this.#nodeOf.set(output, name);
  }

  /**
   * What `output` was before the reshapes that led to it, `input` being what the last of them took: a
   * chain of reshapes is written as one, since files have no word for most of the shapes between.
   */
  unshaped(input: Tensor, output: Tensor): Tensor {
    const first = this.#unshaped.get(input) ?? input;
    this.#unshaped.set(output, first);
    return first;
  }

  /** `output` is the model's tensor `input` in another shape, if that is one. */
  reshaped(input: Tensor, output: Tensor): void {
    const entry = this.#state.get(input.array.identity);
    if (entry) this.#state.set(output.array.identity, entry);
  }

  /** What does not come from the image as a value, to be combined with one that does; undefined where it differs between images. */
  constant(tensor: Tensor, like: Tensor): Tensor | undefined {
    if (this.knows(tensor)) return tensor;
    const ones = new Array<number>(Math.max(0, like.ndim - tensor.ndim)).fill(1);
    const [images, ...sides] = [...ones, ...tensor.shape];
    if (images !== 1 || sides.length !== like.ndim - 1) return undefined;
    const entry = this.#state.get(tensor.array.identity);
    const name = this.#names.take(entry?.[0] ?? "constant");
    const own = entry?.[1] ?? this.#constants.keep(tensor);
    const weight = entry?.[0] ?? `${name}.weight`;
    this.#weights.set(weight, own);
    const shape = this.sides(sides);
    this.#push(name, "constant", [], { shape, isTrained: !!entry }, { weight });
    const value = tensor.detach(); // stands for it among as many dimensions
    this.#nodeOf.set(value, name);
    return value;
  }

  /** The sides of a tensor's shape, without the batch, as the graph has them. */
  sides(shape: readonly number[]): readonly number[] {
    return this.axes === "any" ? shape : sidesOf(shape);
  }

  /** The graph's side that a dimension is. */
  side({ ndim }: Tensor, dim: number): number {
    const isLength = this.axes === "of maps" && ndim === 3 && dim === 2;
    return isLength ? 2 : dim - 1; // that of the one row
  }

  /** Whole numbers that are read later. */
  list(tensor: Tensor): readonly number[] {
    return this.#constants.list(tensor);
  }

  get problems(): number {
    return this.#problems.size;
  }

  /** Whether a tensor depends on the image. */
  knows(tensor: Tensor): boolean {
    return this.#nodeOf.has(tensor);
  }

  /**
   * An operand that doesn't come from the image, as one number or one per channel; undefined where it
   * is neither.
   */
  numbers(
    constant: Tensor | number,
    image: Tensor,
    change: (value: number) => number = (value) => value,
  ): readonly number[] | undefined {
    if (typeof constant === "number") return [change(constant)];
    return this.#constants.take(constant, image, change);
  }

  /** A tensor that is no part of the model, to be written as if it were. */
  invent(layer: string, values: Float32Array, shape: readonly number[]): Tensor {
    const invented = persistently(() => tensor(values, { shape: [...shape] }));
    this.#state.set(invented.array.identity, [`${this.#names.take(layer)}.weight`, invented]);
    return invented;
  }

  fail(op: string, why: string): void {
    const problem = `${op}: ${why}`;
    this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
  }

  /** @param given layers that the user gave as modules. */
  finish(
    output: Tensor,
    inputShape: readonly number[],
    { classes, given }: { readonly classes?: readonly string[]; readonly given: readonly string[] },
  ): TracedModel {
    const last = this.#nodeOf.get(output);
    if (this.#problems.size > 0 || !last) {
      const list = [...this.#problems].map(([problem, count]) =>
        count === 1 ? problem : `${problem} (${count} times)`,
      );
      if (list.length === 0) list.push("the output doesn't come from the image");
      if (given.length > 0) list.push(`(given as modules: ${given.join(", ")})`);
      throw new Error(`this model can't be written as an architecture:\n  ${list.join("\n  ")}`);
    }
    const graph: NetworkGraph = {
      inputShape,
      fileLayout: "NCHW",
      nodes: reachable(this.#nodes, [last]),
      outputs: [last],
      ...(classes ? { classes } : {}),
    };
    return { graph, weights: this.#weights, readConstants: () => this.#constants.read() };
  }

  #push<K extends OpName>(
    name: string,
    op: K,
    inputs: readonly string[],
    attrs: OpAttrs[K],
    weights: NodeOf<K>["weights"],
  ): void {
    const node: NodeOf<K> = { name, op, inputs, attrs, weights };
    this.#nodes.push(node as GraphNode);
  }
}

/** A signal's [channels, length] as those of a map of one row, as readers of files see it, too. */
function sidesOf(shape: readonly number[]): readonly number[] {
  return shape.length === 2 ? [shape[0]!, 1, shape[1]!] : shape;
}
