import { halfFromFloats } from "../../../base/index.ts";
import { bytesOf } from "../../elements/dtypes.ts";
import { quantized } from "../../elements/quantize.ts";
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
const INT8 = 3;
const FLOAT16 = 10;
const INT64 = 7;

/** The nodes and tensors of a graph while they are written. */
export class OnnxGraphWriter {
  readonly nodes: MessageToWrite<typeof NODE>[] = [];
  readonly #initializers = new Map<string, MessageToWrite<typeof TENSOR>>();
  /** What makes float32 of initializers of another type, by their names. */
  readonly #restored = new Map<string, string>();
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
   * A node's tensor as an input, stored as its `dtype` says: of float16 and int8 a node makes float32.
   *
   * @param dims another shape of as many elements.
   * @returns the value's name; undefined where the node has none of this role.
   * @throws the error of `fail` when it is missing among the weights.
   */
  weight(node: GraphNode, role: WeightRole, dims?: readonly number[]): string | undefined {
    const name = node.weights[role];
    const tensor = weightOf(node, role, this.#weights, this.fail);
    if (name === undefined || !tensor) return name;
    if (this.#initializers.has(name)) return this.#restored.get(name) ?? name;
    const [floats, shape] = [floatsOf(tensor), dims ?? tensor.shape];
    if (tensor.dtype === "f16") return this.#half(name, floats, shape);
    if (tensor.dtype === "i8") return this.#quantized(name, floats, shape);
    this.#initializers.set(name, { name, dims: shape, type: FLOAT, raw: bytesOf(floats) });
    return name;
  }

  #half(name: string, floats: Float32Array, dims: readonly number[]): string {
    const raw = bytesOf(halfFromFloats(floats));
    this.#initializers.set(name, { name, dims, type: FLOAT16, raw });
    return this.#restore(name, "Cast", [name], { to: int(FLOAT) });
  }

  #quantized(name: string, floats: Float32Array, dims: readonly number[]): string {
    const { values, scale } = quantized(floats, dims[0]);
    this.#initializers.set(name, { name, dims, type: INT8, raw: bytesOf(values) });
    const scales = this.floats(`${name}_scale`, [...scale], [scale.length]);
    return this.#restore(name, "DequantizeLinear", [name, scales], { axis: int(0) });
  }

  /** The node that makes float32 of a tensor. */
  #restore(name: string, op: string, inputs: readonly string[], attributes: Attributes): string {
    const value = this.add(op, `${name}/float`, inputs, attributes);
    this.#restored.set(name, value);
    return value;
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
