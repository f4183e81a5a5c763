import {
  DAMAGED,
  type Fail,
  layerNamed,
  messageOf,
  printable,
  type WeightFileError,
} from "../errors.ts";
import type { WeightTensor } from "../types.ts";
import { UniqueNames } from "../unique_names.ts";
import {
  denseWeight,
  type FlatOrder,
  fittingOrder,
  flattenedMap,
  vectorInOrder,
} from "./flat_order.ts";
import type { GivenLayers } from "./given_layers.ts";
import { listedLayers, type RefusedLayer } from "./listed_layers.ts";
import type {
  GraphNode,
  NetworkGraph,
  NodeOf,
  OpAttrs,
  OpName,
  Shape,
  WeightRole,
} from "./network_graph.ts";
import { orderAfter } from "./order_rules.ts";
import { reachable } from "./reachable.ts";
import { outputShape } from "./shapes.ts";
import { sizeOf } from "./sides.ts";

/** What a layer gives. Without `node` a layer before it isn't supported, so that little is known of the value. */
export interface Value {
  readonly node?: string;
  readonly shape?: Shape;
  /** The file's order of a flattened map, where it differs from ours. */
  readonly order?: FlatOrder;
  /** The file sees this map with its channels first although it has them last elsewhere. */
  readonly turned?: boolean;
  /** The file sees this map with more sides: between the steps of a shuffle. */
  readonly apart?: TakenApart;
}

/** A map whose dimensions were split, as the file sees it, without the batch. */
export interface TakenApart {
  readonly sides: readonly number[];
  /** The sides' numbers, in the order that they were moved to. */
  readonly order: readonly number[];
}

/** Tensors by role, or the names of tensors that an earlier node took: those of a shared layer. */
export type LayerWeights = Readonly<Partial<Record<WeightRole, WeightTensor | string>>>;

export interface BuiltNetwork {
  readonly graph?: NetworkGraph;
  readonly graphError?: WeightFileError;
}

/**
 * Puts a network together, node by node, while a reader walks through a file. Layers that can't be translated are
 * gathered, so that all of them can be named at once; the weights of the others are taken all the same.
 */
export class NetworkBuilder {
  readonly tensors = new Map<string, WeightTensor>();
  readonly notes: string[] = [];
  readonly fail: Fail;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #unsupported: RefusedLayer[] = [];
  readonly #names = new UniqueNames();
  readonly #given?: GivenLayers;

  constructor(fail: Fail, given?: GivenLayers) {
    this.fail = fail;
    this.#given = given;
  }

  input(name: string, shape: Shape): Value {
    const unique = this.#names.take(name);
    return this.#put({ name: unique, op: "input", inputs: [], attrs: {}, weights: {} }, shape);
  }

  /**
   * Adds a node. The name is made unique; tensors are named `<name>.<role>`.
   *
   * @throws the error of `fail` when shapes or weights don't fit.
   */
  add<K extends Exclude<OpName, "input">>(
    op: K,
    wanted: string,
    inputs: readonly Value[],
    attrs: OpAttrs[K],
    weights: LayerWeights = {},
  ): Value {
    const name = this.#names.take(wanted);
    const taken = this.#take(
      name,
      PER_FEATURE.has(op) ? this.#inOrder(name, inputs[0], weights) : weights,
    );
    const known = inputs.map(({ node, shape }) => (node && shape ? { node, shape } : undefined));
    if (!known.every((input) => input !== undefined)) return {};
    const order = this.#order(op, name, attrs, inputs);
    const shape = this.#shape(
      op,
      name,
      attrs,
      known.map((input) => input.shape),
    );
    const node: NodeOf<K> = { name, op, inputs: known.map((k) => k.node), attrs, weights: taken };
    return { ...this.#put(node as GraphNode, shape), order };
  }

  /**
   * Adds a dense layer.
   *
   * @param kernel [in, out] as in Keras, or [out, in] with `isOutIn`; its inputs in the file's order.
   */
  linear(
    wanted: string,
    input: Value,
    kernel: { readonly tensor: WeightTensor; readonly isOutIn?: boolean },
    bias?: WeightTensor,
  ): Value {
    const { tensor, isOutIn } = kernel;
    if (tensor.shape.length !== 2) throw this.broken(wanted, `its kernel is no matrix`);
    const [inFeatures, outFeatures] = isOutIn ? [...tensor.shape].reverse() : tensor.shape;
    const order = input.order && this.#fitting(wanted, input.order, inFeatures);
    const weight = denseWeight(tensor, { isOutIn, order });
    return this.add("linear", wanted, [input], { inFeatures, outFeatures }, { weight, bias });
  }

  /** Flattens a map, noting the file's order when it holds maps in NHWC. */
  flatten(wanted: string, input: Value, layout: "NHWC" | "NCHW"): Value {
    const value = this.add("flatten", wanted, [input], {});
    if (layout === "NCHW" || input.shape?.length !== 3) return { ...value, order: input.order };
    const [channels, height, width] = input.shape;
    if (channels === null) return value;
    return { ...value, order: flattenedMap(channels, sizeOf([height, width])) };
  }

  /** Adds the layer that is given in place of the file's; undefined where none is. */
  given(name: string, type: string, inputs: readonly Value[]): Value | undefined {
    const key = this.#given?.keyOf(name, type);
    if (key === undefined || !this.#given) return undefined;
    const shapes = inputs.flatMap(({ shape }) => (shape ? [shape] : []));
    if (shapes.length < inputs.length) return {};
    const shape = this.#given.shapeOf(key, shapes);
    return this.add("given", name, inputs, { key, type, shape });
  }

  /** The tensors of the node that gave a value, for a layer that is used again. */
  weightsOf(value: Value): LayerWeights {
    return (value.node && this.#nodes.get(value.node)?.weights) || {};
  }

  /** Notes a layer that can't be translated. */
  unsupported(name: string, type: string, why: string): Value {
    this.#unsupported.push({ name, type, why });
    return {};
  }

  /** How many layers can't be translated. */
  get lacking(): number {
    return this.#unsupported.length;
  }

  /** An error about a layer of the file. */
  broken(layer: string, problem: string): WeightFileError {
    return this.fail(layerNamed(layer), problem, DAMAGED);
  }

  /** @returns the network, or the one error that lists all that can't be translated. */
  finish(outputs: readonly Value[], about: Omit<NetworkGraph, "nodes" | "outputs">): BuiltNetwork {
    for (const { node, apart } of outputs) {
      if (apart)
        this.unsupported(node ?? "", "output", "it is given in more dimensions than a map's");
    }
    if (this.#unsupported.length > 0) return { graphError: this.#listing() };
    const names = outputs.flatMap((output) => output.node ?? []);
    for (const { node, order } of outputs) {
      if (!order) continue;
      this.notes.push(
        `The output "${node}" is a flattened map; it is given in the order channels, height, width, not in the file's.`,
      );
    }
    if (names.length > 1) {
      const all = names.map((name) => `"${printable(name)}"`).join(", ");
      this.notes.push(
        `The network has ${names.length} outputs (${all}): a model built of it gives the first.`,
      );
    }
    return {
      graph: { ...about, nodes: reachable([...this.#nodes.values()], names), outputs: names },
    };
  }

  #put(node: GraphNode, shape: Shape): Value {
    this.#nodes.set(node.name, node);
    return { node: node.name, shape };
  }

  #take(name: string, weights: LayerWeights): NodeOf<OpName>["weights"] {
    const taken: Partial<Record<WeightRole, string>> = {};
    for (const role of ROLES) {
      const tensor = weights[role];
      if (tensor === undefined) continue;
      taken[role] = typeof tensor === "string" ? tensor : this.#register(`${name}.${role}`, tensor);
    }
    return taken;
  }

  #register(name: string, tensor: WeightTensor): string {
    if (this.tensors.has(name))
      throw this.fail(name, "two layers have tensors of this name", DAMAGED);
    this.tensors.set(name, { ...tensor, name, originalName: tensor.originalName ?? tensor.name });
    return name;
  }

  #order<K extends OpName>(op: K, name: string, attrs: OpAttrs[K], inputs: readonly Value[]) {
    try {
      return orderAfter(op, attrs, inputs);
    } catch (error) {
      this.unsupported(name, op, messageOf(error));
      return undefined;
    }
  }

  #shape<K extends OpName>(op: K, name: string, attrs: OpAttrs[K], inputs: readonly Shape[]) {
    try {
      return outputShape(op, attrs, inputs);
    } catch (error) {
      throw this.broken(name, messageOf(error));
    }
  }

  /** The vectors of a layer with one number per feature behind a flattened map, in our order. */
  #inOrder(name: string, { order }: Value, weights: LayerWeights): LayerWeights {
    if (!order) return weights;
    const entries = Object.entries(weights).map(([role, tensor]) => {
      if (typeof tensor === "string" || tensor.shape.length !== 1 || tensor.shape[0] === 1)
        return [role, tensor];
      return [role, vectorInOrder(tensor, this.#fitting(name, order, tensor.shape[0]))];
    });
    return Object.fromEntries(entries);
  }

  #fitting(name: string, order: FlatOrder, length: number): FlatOrder {
    try {
      return fittingOrder(order, length);
    } catch (error) {
      throw this.broken(name, messageOf(error));
    }
  }

  #listing(): WeightFileError {
    return this.fail(
      "architecture",
      listedLayers(this.#unsupported, "built"),
      `\nGive such a layer yourself: models.fromArchitecture(file, { replace: { ${quoted(this.#unsupported[0].name)}: module } }), ` +
        "by its name or its kind; or load the weights of the others into a model of your own",
    );
  }
}

/** Layers whose tensors have a number for each channel or feature. */
const PER_FEATURE: ReadonlySet<OpName> = new Set(["batchNorm", "layerNorm", "rmsNorm", "prelu"]);

const ROLES: readonly WeightRole[] = ["weight", "bias", "running_mean", "running_var"];

/** A name as a key in code. */
function quoted(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(printable(name));
}
