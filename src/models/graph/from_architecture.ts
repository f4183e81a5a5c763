import type { Tensor } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import {
  type GraphNode,
  type NetworkGraph,
  reachable,
  requireArchitecture,
  type WeightFile,
} from "../../formats/index.ts";
import * as nn from "../../nn/index.ts";
import { type Replacements, withGiven } from "./given_layers.ts";
import type { Step } from "./step.ts";
import { buildStep } from "./steps.ts";

/** The node before it that has the same tensors, for a layer that is used more than once. */
function ownerOf(node: GraphNode, owners: Map<string, GraphNode>): GraphNode | undefined {
  const names = Object.values(node.weights);
  if (names.length === 0) return undefined;
  const key = `${node.op} ${JSON.stringify(names)}`;
  const owner = owners.get(key);
  if (!owner) owners.set(key, node);
  return owner;
}

/** "running_mean" → "runningMean": what the module's own field is called. */
function camelCase(role: string): string {
  return role.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * A network built from what a file says about it. Its layers bear the file's names, so
 * `transfer.loadPretrained` fits; it trains and freezes like any other model.
 */
export class GraphModel extends nn.Module {
  readonly #steps = new Map<string, Step>();
  readonly #children = new Map<string, nn.Module>();
  readonly #lastUse = new Map<string, number>();
  readonly inputShape: readonly (number | null)[];

  /**
   * @param given modules for the graph's layers of op `given`, by their keys.
   * @param built layers that are there already, by their nodes' names.
   */
  constructor(
    readonly graph: NetworkGraph,
    given: Replacements = {},
    built?: ReadonlyMap<string, Step>,
  ) {
    super();
    this.inputShape = graph.inputShape;
    const owners = new Map<string, GraphNode>();
    graph.nodes.forEach((node, i) => {
      const owner = ownerOf(node, owners);
      const there = node.op === "input" ? undefined : built?.get(node.name);
      const step = there ?? (owner ? this.#shared(node, owner) : buildStep(node, given));
      const isNew = step instanceof nn.Module && ![...this.#steps.values()].includes(step);
      this.#steps.set(node.name, step);
      if (isNew && !owner) this.#children.set(node.name, step);
      for (const input of node.inputs) this.#lastUse.set(input, i);
    });
    for (const output of graph.outputs) this.#lastUse.set(output, graph.nodes.length);
  }

  /** The file that it was built of, and how that reads with the modules given for some of its layers. */
  #read?: { readonly file: WeightFile; readonly withGiven: WeightFile };

  /** A file whose tensors fit: the one that it was built of has other ones with the layers that were given. */
  fittingFile(file: WeightFile): WeightFile {
    return file === this.#read?.file ? this.#read.withGiven : file;
  }

  /** The network that a file describes; see `fromArchitecture`. */
  static fromFile(file: WeightFile, logits: boolean, replace: Replacements): GraphModel {
    const read = withGiven(file, replace);
    const model = GraphModel.fromGraph(requireArchitecture(read), logits, replace);
    // Nothing else of the file is needed any more.
    if (read !== file) model.#read = { file, withGiven: read };
    return model;
  }

  static fromGraph(graph: NetworkGraph, logits: boolean, replace: Replacements): GraphModel {
    const outputs = graph.outputs.slice(0, 1);
    const single = { ...graph, outputs, nodes: reachable(graph.nodes, outputs) };
    return new GraphModel(logits ? withoutFinalSoftmax(single) : single, replace);
  }

  override namedChildren(): [string, nn.Module][] {
    return [...this.#children];
  }

  /** Also takes the module's place where its layer is used again. */
  override setChild(name: string, module: nn.Module): void {
    const before = this.#children.get(name);
    this.#children.set(name, module);
    this.#steps.set(name, module);
    for (const [other, step] of this.#steps) if (step === before) this.#steps.set(other, module);
  }

  /** A layer that is used again: the same module, or one of other attributes with the same tensors. */
  #shared(node: GraphNode, owner: GraphNode): Step {
    const first = this.#steps.get(owner.name)!;
    if (JSON.stringify(node.attrs) === JSON.stringify(owner.attrs)) return first;
    const step = buildStep(node, {});
    const tensors = first instanceof nn.Module ? first : {};
    for (const role of Object.keys(node.weights)) {
      Reflect.set(step, camelCase(role), Reflect.get(tensors, camelCase(role)));
    }
    return step;
  }

  /** Nodes whose value is all that later ones need, in order, up to the first layer that `goesOn` refuses. */
  bottlenecks(goesOn: (layer: nn.Module) => boolean): GraphNode[] {
    const found: GraphNode[] = [];
    let needed = 0; // the last node that needs one of those before
    for (const [i, node] of this.graph.nodes.entries()) {
      const step = this.#steps.get(node.name)!;
      if (step instanceof nn.Module && !goesOn(step)) break;
      if (needed <= i) found.push(node);
      needed = Math.max(needed, this.#lastUse.get(node.name)!);
    }
    return found;
  }

  /** The layers up to one of `bottlenecks` and those after it: `after.forward(before.forward(x))` is `forward(x)`. */
  splitAt({ name }: GraphNode): [before: GraphModel, after: GraphModel] {
    const { nodes, outputs } = this.graph;
    const end = nodes.findIndex((node) => node.name === name) + 1;
    const value: GraphNode = { op: "input", name, inputs: [], attrs: {}, weights: {} };
    const part = (nodes: readonly GraphNode[], outputs: readonly string[]) =>
      new GraphModel({ ...this.graph, nodes, outputs }, {}, this.#steps);
    return [part(nodes.slice(0, end), [name]), part([value, ...nodes.slice(end)], outputs)];
  }

  override forward(input: Tensor): Tensor {
    const { nodes, outputs } = this.graph;
    const values = new Map<string, Tensor>();
    nodes.forEach((node, i) => {
      const inputs = node.op === "input" ? [input] : node.inputs.map((name) => values.get(name)!);
      const step = this.#steps.get(node.name)!;
      const value =
        step instanceof nn.Module ? (step.forward(...inputs) as Tensor) : step(...inputs);
      values.set(node.name, value);
      this.#free(values, node.inputs, i, input);
    });
    return values.get(outputs[0]!)!;
  }

  /** Frees what no later node needs, unless another name stands for the same tensor. */
  #free(values: Map<string, Tensor>, names: readonly string[], now: number, input: Tensor): void {
    for (const name of new Set(names)) {
      const value = values.get(name)!;
      if (this.#lastUse.get(name) !== now) continue;
      values.delete(name);
      if (value !== input && ![...values.values()].includes(value)) value.dispose();
    }
  }
}

export interface FromArchitectureOptions {
  /** Leave out a final softmax or its logarithm, so that cross-entropy can train it. Default true. */
  logits?: boolean;
  /**
   * Modules in place of the file's layers, by their names or kinds ("lambda_1" or "Lambda" in Keras; a node's name or its
   * operator in ONNX): for layers that aren't supported, and others. They take what the layer takes and give its result, maps
   * as [N, C, H, W] whatever the file's order. A kind that occurs several times is one module, with the same weights.
   */
  replace?: Replacements;
}

/**
 * Builds the network a file describes; of several outputs, what gives the first. Running statistics of batch normalisation
 * move at least as fast as PyTorch's: with Keras' momentum they lag behind when a network is fine-tuned.
 *
 * @param described what `formats.loadWeights` gave, or its graph.
 * @throws WeightFileError listing the layers that aren't supported; Error for a name in `replace` that the file hasn't, or a
 *   module that doesn't fit.
 * @example fromArchitecture(await formats.loadWeights("net.h5"), { replace: { lambda_1: new Squares() } })
 */
export function fromArchitecture(
  described: NetworkGraph | WeightFile,
  options: FromArchitectureOptions = {},
): GraphModel {
  checkOptions("fromArchitecture", options, ["logits", "replace"]);
  const { logits = true, replace = {} } = options;
  return "tensors" in described
    ? GraphModel.fromFile(described, logits, replace)
    : GraphModel.fromGraph(described, logits, replace);
}

/** Takes out a softmax at the end, and a logarithm of it, also one that is only reshaped afterwards. */
function withoutFinalSoftmax(graph: NetworkGraph): NetworkGraph {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  let last = byName.get(graph.outputs[0]!);
  while (last && (last.op === "reshape" || last.op === "flatten"))
    last = byName.get(last.inputs[0]!);
  const removed = [last?.name];
  if (last?.op === "log") last = byName.get(last.inputs[0]!);
  if (last?.op !== "softmax" && (last?.op !== "logSoftmax" || removed[0] !== last.name))
    return graph;
  removed.push(last.name);
  const { inputs } = last;
  const rename = (name: string) => (removed.includes(name) ? inputs[0]! : name);
  const nodes = graph.nodes
    .filter((node) => !removed.includes(node.name))
    .map((node) => ({ ...node, inputs: node.inputs.map(rename) }) as GraphNode);
  return { ...graph, nodes, outputs: graph.outputs.map(rename) };
}
