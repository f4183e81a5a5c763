/** Graphs of TensorFlow in TF.js's format, put together in the steps that Keras's layers become. */
import { type ModelFiles, node } from "./rearranged_models.ts";

interface Constant {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
}

const TYPES = { float32: "DT_FLOAT", int32: "DT_INT32", bool: "DT_BOOL" } as const;
const BYTES = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;
export const flag = (value: boolean) => ({ b: value });
export const number = (value: number) => ({ i: String(value) });

/** A graph that grows node by node; each method gives the name of the value. */
export class TfGraph {
  readonly #nodes: ReturnType<typeof node>[] = [];
  readonly #constants = new Map<string, Constant>();

  node(op: string, inputs: readonly string[], attr: object = {}, name?: string): string {
    const own = name ?? `${op}_${this.#nodes.length}`;
    this.#nodes.push(node(own, op, inputs, attr));
    return own;
  }

  constant(
    values: readonly number[],
    sides: readonly number[],
    name?: string,
    dtype: Constant["dtype"] = "float32",
  ) {
    const own = name ?? `const_${this.#constants.size}`;
    this.#constants.set(own, { shape: sides, values, dtype });
    return own;
  }

  list = (...values: readonly number[]) =>
    this.constant(values, [values.length], undefined, "int32");
  integer = (value: number) => this.constant([value], [], undefined, "int32");
  float = (value: number) => this.constant([value], []);

  /** An entry of a value's shape. */
  side(x: string, axis: number): string {
    const whole = this.node("Shape", [x]);
    const ends = [[axis], [axis + 1], [1]].map((list) => this.list(...list));
    return this.node("StridedSlice", [whole, ...ends], { shrink_axis_mask: number(1) });
  }

  /** x[…], a list of [begin, end, step], an entry that is taken, or null for a whole axis. */
  cut(x: string, ...taken: readonly (readonly [number, number, number] | number | null)[]): string {
    const whole = taken.map((each) => each === null);
    const entry = taken.map((each) => typeof each === "number");
    const ranges = taken.map((each) =>
      typeof each === "number" ? [each, each + 1, 1] : (each ?? [0, 0, 1]),
    );
    const mask = (bits: readonly boolean[]) =>
      number(bits.reduce((sum, bit, i) => sum + (bit ? 2 ** i : 0), 0));
    const lists = [0, 1, 2].map((k) => this.list(...ranges.map((range) => range[k]!)));
    return this.node("StridedSlice", [x, ...lists], {
      begin_mask: mask(whole),
      end_mask: mask(whole),
      shrink_axis_mask: mask(entry),
    });
  }

  reshape(x: string, ...sides: readonly number[]): string {
    const batch = this.side(x, 0);
    const target = this.node("Pack", [batch, ...sides.map((side) => this.integer(side))]);
    return this.node("Reshape", [x, target]);
  }

  mean = (x: string, axes: readonly number[], keeps = true) =>
    this.node("Mean", [x, this.list(...axes)], { keep_dims: flag(keeps) });

  /** Keras's LayerNormalization: `tf.nn.moments` and `tf.nn.batch_normalization`. */
  layerNorm(x: string, gamma: string, beta: string): string {
    const mean = this.mean(x, [-1]);
    const still = this.node("StopGradient", [mean]);
    const variance = this.mean(this.node("SquaredDifference", [x, still]), [-1]);
    const inverse = this.node("Rsqrt", [this.node("AddV2", [variance, this.float(1e-6)])]);
    const scale = this.node("Mul", [inverse, gamma]);
    const offset = this.node("Sub", [beta, this.node("Mul", [mean, scale])]);
    return this.node("AddV2", [this.node("Mul", [x, scale]), offset]);
  }

  /** Keras's Dense on rank 3 and more: `tf.tensordot`. */
  dense(x: string, kernel: string, bias: string, outputs: number, rank: number): string {
    const whole = this.node("Shape", [x]);
    const axes = Array.from({ length: rank - 1 }, (_, axis) => axis);
    const zero = this.integer(0);
    const free = this.node("GatherV2", [whole, this.list(...axes), zero]);
    const summed = this.node("GatherV2", [whole, this.list(rank - 1), zero]);
    const rows = this.node(
      "Pack",
      [free, summed].map((sides) => this.node("Prod", [sides, this.list(0)])),
    );
    const product = this.node("MatMul", [this.node("Reshape", [x, rows]), kernel]);
    const back = this.node("ConcatV2", [free, this.list(outputs), zero]);
    return this.node("BiasAdd", [this.node("Reshape", [product, back]), bias]);
  }

  gelu(x: string): string {
    const half = this.node("Mul", [this.float(0.5), x]);
    const erf = this.node("Erf", [this.node("RealDiv", [x, this.float(Math.SQRT2)])]);
    return this.node("Mul", [half, this.node("AddV2", [this.float(1), erf])]);
  }

  files(output: string): ModelFiles {
    this.node("Identity", [output], {}, "y");
    const all = [...this.#constants];
    const nodes = all.map(([name, { dtype }]) => ({
      ...{ name, op: "Const", attr: { dtype: { type: TYPES[dtype] } } },
    }));
    const bytes = all.flatMap(([, { values, dtype }]) => [
      ...new Uint8Array(BYTES[dtype].from(values).buffer),
    ]);
    const json = {
      format: "graph-model",
      modelTopology: { node: [...nodes, ...this.#nodes], versions: { producer: 1 } },
      signature: { outputs: { y: { name: "y:0" } } },
      weightsManifest: [
        {
          paths: ["w.bin"],
          weights: all.map(([name, each]) => ({ name, shape: each.shape, dtype: each.dtype })),
        },
      ],
    };
    return {
      "model.json": new TextEncoder().encode(JSON.stringify(json)),
      "w.bin": Uint8Array.from(bytes),
    };
  }
}
