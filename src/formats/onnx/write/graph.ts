import { bytesOf } from "../../elements/dtypes.ts";
import { type Fail, printable } from "../../errors.ts";
import type { GraphNode, Shape, WeightRole } from "../../graph/network_graph.ts";
import type { TensorToWrite } from "../../types.ts";
import type { Attribute, InitializerToWrite, NodeToWrite } from "./encode.ts";

/** The tensors of a graph by name, in PyTorch's layout. */
export type WeightsToWrite = ReadonlyMap<string, Pick<TensorToWrite, "shape" | "dtype" | "data">>;

export type Attributes = Readonly<Record<string, Attribute>>;

export const int = (value: number): Attribute => ({ kind: "int", value });
export const float = (value: number): Attribute => ({ kind: "float", value });
export const ints = (value: readonly number[]): Attribute => ({ kind: "ints", value });
export const string = (value: string): Attribute => ({ kind: "string", value });

/** The nodes and tensors of a graph while they are written. */
export class OnnxGraphWriter {
  readonly nodes: NodeToWrite[] = [];
  readonly #initializers = new Map<string, InitializerToWrite>();
  readonly #weights: WeightsToWrite;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #fail: Fail;

  constructor(weights: WeightsToWrite, shapes: ReadonlyMap<string, Shape>, fail: Fail) {
    this.#weights = weights;
    this.#shapes = shapes;
    this.#fail = fail;
  }

  get initializers(): readonly InitializerToWrite[] {
    return [...this.#initializers.values()];
  }

  /** Adds a node that gives one value. @returns the value's name. */
  add(op: string, name: string, inputs: readonly string[], attributes: Attributes = {}): string {
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    return name;
  }

  /** A number or a list of numbers as an input of a node. @returns its name. */
  floats(name: string, values: readonly number[], dims: readonly number[] = []): string {
    const bytes = bytesOf(Float32Array.from(values));
    this.#initializers.set(name, { name, dims, type: "float", bytes });
    return name;
  }

  integers(name: string, values: readonly number[]): string {
    const bytes = bytesOf(BigInt64Array.from(values, BigInt));
    this.#initializers.set(name, { name, dims: [values.length], type: "int64", bytes });
    return name;
  }

  /**
   * A node's tensor as an input, stored as float32.
   *
   * @returns its name; undefined where the node has none of this role.
   * @throws the error of `fail` when it is missing among the weights.
   */
  weight(node: GraphNode, role: WeightRole): string | undefined {
    const name = node.weights[role];
    if (name === undefined || this.#initializers.has(name)) return name;
    const tensor = this.#weights.get(name);
    if (!tensor) {
      throw this.#fail(
        `layer "${printable(node.name)}"`,
        `its tensor "${printable(name)}" is missing among the weights`,
        "Pass the state dict of the same model",
      );
    }
    const { data, shape: dims } = tensor;
    const values =
      data instanceof Float32Array ? data : Float32Array.from<number | bigint>(data, Number);
    this.#initializers.set(name, { name, dims, type: "float", bytes: bytesOf(values) });
    return name;
  }

  /** The shape of a node's first input. */
  inputShape(node: GraphNode): Shape {
    return this.#shapes.get(node.inputs[0]) ?? [];
  }
}
