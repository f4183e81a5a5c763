import type { Fail } from "../../errors.ts";
import type { Compound } from "../../graph/decompose.ts";
import { type FlatOrder, flattenedMap } from "../../graph/flat_order.ts";
import { listedLayers, type RefusedLayer } from "../../graph/listed_layers.ts";
import type { GraphNode, NetworkGraph, Shape, WeightRole } from "../../graph/network_graph.ts";
import { orderAfter } from "../../graph/order_rules.ts";
import { sizeOf } from "../../graph/sides.ts";
import { type SourceTensor, type WeightsToWrite, weightOf } from "../../graph/writing.ts";
import { UniqueNames } from "../../unique_names.ts";
import type { KerasPlan, PlannedLayer, PlannedValue, PlannedWeight } from "./plan.ts";

export interface PlanOptions {
  readonly fail: Fail;
  /** TF.js has no convolutions in groups other than depthwise ones, and no group norm. */
  readonly hasGroups: boolean;
  /** Keras's layer that resizes between pixels is another one in TF.js. */
  readonly mixesHalfPixels: boolean;
  /** Ops that the reader lacks beyond what all versions of Keras lack. */
  readonly lacks?: readonly Compound[];
}

/** The layer that gives a node's value, or why Keras has none. */
export type Planned = { readonly layer: string } | { readonly why: string };

/** Plans the layers of one node. */
export type NodePlanner = (
  node: GraphNode,
  inputs: readonly PlannedValue[],
  planner: Planner,
) => Planned;

/** What the planning of a node has at hand. */
export class Planner {
  readonly options: PlanOptions;
  /** Whether maps are turned to channels first before they are flattened, so that no weights must be turned. */
  readonly turnsMaps: boolean;
  readonly #graph: NetworkGraph;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #weights: WeightsToWrite;
  readonly #orders: ReadonlyMap<string, FlatOrder | undefined>;
  readonly #values = new Map<string, PlannedValue>();
  readonly #layers: PlannedLayer[] = [];
  readonly #names = new UniqueNames();
  readonly #problems: RefusedLayer[] = [];

  constructor(
    graph: NetworkGraph,
    shapes: ReadonlyMap<string, Shape>,
    weights: WeightsToWrite,
    options: PlanOptions,
  ) {
    this.#graph = graph;
    this.#shapes = shapes;
    this.#weights = weights;
    this.options = options;
    const orders = kerasOrders(graph, shapes);
    this.turnsMaps = orders === undefined;
    this.#orders = orders ?? new Map();
  }

  plan(planNode: NodePlanner): KerasPlan {
    const { nodes, outputs, classes, name = "model" } = this.#graph;
    for (const node of nodes) this.#planOne(node, planNode);
    if (this.#problems.length > 0) throw this.#listing();
    const layerOf = (node: string) => this.#values.get(node)?.layer ?? node;
    const input = nodes.find(({ op }) => op === "input");
    return {
      name: kerasName(name),
      layers: this.#layers,
      input: layerOf(input?.name ?? ""),
      outputs: outputs.map(layerOf),
      classes,
    };
  }

  /** Adds a layer. @returns its name, made unique and fit for Keras. */
  add(
    wanted: string,
    className: string,
    config: Readonly<Record<string, unknown>>,
    inputs: readonly string[],
    weights: readonly PlannedWeight[] = [],
  ): string {
    const name = this.#names.take(kerasName(wanted));
    this.#layers.push({ name, className, config, inputs, weights });
    return name;
  }

  /** A node's tensor, undefined where it has none of this role. @throws the error of `fail` when it is missing. */
  weight(node: GraphNode, role: WeightRole): SourceTensor | undefined {
    return weightOf(node, role, this.#weights, this.options.fail);
  }

  /** A tensor that the layer can't do without. @throws the error of `fail` when it has none of this role. */
  required(node: GraphNode, role: WeightRole): SourceTensor {
    const tensor = this.weight(node, role);
    if (tensor) return tensor;
    throw this.options.fail(`layer "${node.name}"`, `it has no ${role}`);
  }

  shapeOf(node: GraphNode): Shape {
    return this.#shapes.get(node.name) ?? [];
  }

  #planOne(node: GraphNode, planNode: NodePlanner): void {
    const inputs = node.inputs.flatMap((name) => this.#values.get(name) ?? []);
    const planned = planNode(node, inputs, this);
    if ("why" in planned) {
      this.#problems.push({ name: node.name, type: node.op, why: planned.why });
    }
    this.#values.set(node.name, {
      layer: "why" in planned ? node.name : planned.layer,
      shape: this.shapeOf(node),
      order: this.#orders.get(node.name),
      isPositive: isPositive(node, inputs),
    });
  }

  #listing(): Error {
    return this.options.fail(
      "architecture",
      listedLayers(this.#problems, "written"),
      "\nSave as ONNX, or the weights alone as safetensors",
    );
  }
}

/** Keras's names: letters, digits and some signs, the first no sign. */
function kerasName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, "_").replace(/^([^A-Za-z0-9])/, "layer$1") || "layer";
}

/**
 * How Keras counts the elements of each value, when flattening is left to it.
 *
 * @returns undefined when an output or a layer in between wouldn't get what it must get.
 */
function kerasOrders(
  { nodes, outputs }: NetworkGraph,
  shapes: ReadonlyMap<string, Shape>,
): Map<string, FlatOrder | undefined> | undefined {
  const orders = new Map<string, FlatOrder | undefined>();
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => ({
      shape: shapes.get(name),
      order: orders.get(name),
    }));
    const [input] = inputs;
    if (node.op === "flatten" && input.shape?.length === 3) {
      const [channels, ...sides] = input.shape;
      orders.set(node.name, channels === null ? undefined : flattenedMap(channels, sizeOf(sides)));
      continue;
    }
    try {
      orders.set(node.name, orderAfter(node.op, node.attrs, inputs));
    } catch {
      return undefined;
    }
  }
  return outputs.some((name) => orders.get(name)) ? undefined : orders;
}

const POSITIVE: ReadonlySet<string> = new Set([
  "relu",
  "relu6",
  "sigmoid",
  "hardsigmoid",
  "softmax",
]);
const KEEPS_SIGN: ReadonlySet<string> = new Set([
  "maxPool2d",
  "avgPool2d",
  "globalAvgPool",
  "globalMaxPool",
  "dropout",
  "flatten",
  "reshape",
  "concat",
  "add",
  "mul",
]);

function isPositive(node: GraphNode, inputs: readonly PlannedValue[]): boolean {
  if (POSITIVE.has(node.op)) return true;
  if (node.op === "clamp") return node.attrs.min >= 0;
  const allInputs = inputs.every((input) => input.isPositive);
  if (node.op === "pad") return allInputs && node.attrs.value >= 0;
  return KEEPS_SIGN.has(node.op) && allInputs;
}
