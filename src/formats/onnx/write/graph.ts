import { bytesOf } from "../../elements/dtypes.ts";
import type { Fail } from "../../errors.ts";
import { constantNames } from "../../graph/constant_names.ts";
import type { GraphNode, NetworkGraph, Shape, WeightRole } from "../../graph/network_graph.ts";
import { floatsOf, type WeightsToWrite, weightOf } from "../../graph/writing.ts";
import type { MessageToWrite } from "../fields.ts";
import type { ATTRIBUTE, NODE, TENSOR } from "../schema.ts";

type Attribute = Omit<MessageToWrite<typeof ATTRIBUTE>, "name">;

/** Attributes of a node by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

// With their `AttributeProto.AttributeType`.
export const float = (f: number): Attribute => ({ f, type: 1 });
export const int = (i: number): Attribute => ({ i, type: 2 });
export const string = (s: string): Attribute => ({ s, type: 3 });
export const ints = (list: readonly number[]): Attribute => ({ ints: list, type: 7 });

/** `TensorProto.DataType`. */
const FLOAT = 1;
const INT64 = 7;

/** The nodes and tensors of a graph while they are written. */
export class OnnxGraphWriter {
  readonly nodes: MessageToWrite<typeof NODE>[] = [];
  readonly #initializers = new Map<string, MessageToWrite<typeof TENSOR>>();
  readonly #weights: WeightsToWrite;
  readonly #constants: ReadonlySet<string>;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly fail: Fail;

  constructor(
    { nodes }: NetworkGraph,
    weights: WeightsToWrite,
    shapes: ReadonlyMap<string, Shape>,
    fail: Fail,
  ) {
    this.#constants = new Set(constantNames(nodes));
    this.#weights = weights;
    this.#shapes = shapes;
    this.fail = fail;
  }

  get initializers(): readonly MessageToWrite<typeof TENSOR>[] {
    return [...this.#initializers.values()];
  }

  /** Adds a node that gives one value. @returns the value's name. */
  add(op: string, name: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const named = Object.entries(attributes).map(([key, value]) => ({ name: key, ...value }));
    this.nodes.push({ op, name, inputs, outputs: [name], attributes: named });
    return name;
  }

  /** A number or a list of numbers as an input of a node. @returns its name. */
  floats(name: string, values: readonly number[], dims: readonly number[] = []): string {
    const raw = bytesOf(Float32Array.from(values));
    this.#initializers.set(name, { name, dims, type: FLOAT, raw });
    return name;
  }

  integers(name: string, values: readonly number[]): string {
    const raw = bytesOf(BigInt64Array.from(values, BigInt));
    this.#initializers.set(name, { name, dims: [values.length], type: INT64, raw });
    return name;
  }

  /**
   * A node's tensor as an input, stored as float32.
   *
   * @param dims another shape of as many elements.
   * @returns its name; undefined where the node has none of this role.
   * @throws the error of `fail` when it is missing among the weights.
   */
  weight(node: GraphNode, role: WeightRole, dims?: readonly number[]): string | undefined {
    const name = node.weights[role];
    const tensor = weightOf(node, role, this.#weights, this.fail);
    if (name === undefined || !tensor || this.#initializers.has(name)) return name;
    const raw = bytesOf(floatsOf(tensor));
    this.#initializers.set(name, { name, dims: dims ?? tensor.shape, type: FLOAT, raw });
    return name;
  }

  /** Whether a value is the same for each image. */
  isConstant(name: string): boolean {
    return this.#constants.has(name);
  }

  /** The shape of the value of this name. */
  shapeOf(name: string): Shape {
    return this.#shapes.get(name) ?? [];
  }

  /** The shape that a node gives. */
  shape({ name }: GraphNode): Shape {
    return this.#shapes.get(name) ?? [];
  }

  /** The shape of a node's first input. */
  inputShape(node: GraphNode): Shape {
    return this.#shapes.get(node.inputs[0]) ?? [];
  }
}
