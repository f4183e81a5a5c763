import type { WeightFileError } from "./errors.ts";
import type { GivenLayers } from "./graph/given_layers.ts";
import type { NetworkGraph } from "./graph/network_graph.ts";
import type { WeightFormat } from "./names.ts";
import type { ByteSource } from "./sources/byte_source.ts";
import type { Bytes } from "./sources/ranges.ts";

/**
 * How a tensor's elements are stored in the file. `other` stands for types that Graft lists but can't
 * decode (float8, complex, strings): reading such a tensor throws and names the type.
 */
export type WeightDtype =
  | "f64"
  | "f32"
  | "f16"
  | "bf16"
  | "i8"
  | "u8"
  | "i16"
  | "u16"
  | "i32"
  | "u32"
  | "i64"
  | "u64"
  | "bool"
  | "other";

/** What `WeightTensor.data()` gives: f16 and bf16 become `Float32Array`, bool becomes `Uint8Array` of 0 and 1. */
export type WeightData =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** One tensor of a weight file, decoded only when asked for. */
export interface WeightTensor {
  readonly name: string;
  /** What the file calls it, where `name` was put in PyTorch's words ("conv1/kernel:0" for "conv1.weight"). */
  readonly originalName?: string;
  /** Its shape in the file, where the elements lie in another order there: HWIO, or [in, out]. */
  readonly originalShape?: readonly number[];
  /** In PyTorch's layout: OIHW for convolutions, [out, in] for linear layers. Empty for a scalar. */
  readonly shape: readonly number[];
  readonly dtype: WeightDtype;
  /**
   * The elements in row-major order. Decoded again on every call and kept nowhere; a large file in
   * Node is read here. Where the file's bytes can be used as they are, the result is a view of them:
   * copy it before writing to it.
   *
   * @throws WeightFileError when the elements can't be read or decoded.
   */
  data(): WeightData;
}

/** What one source (a file, or a manifest with its shards) holds. */
export interface WeightFile {
  readonly format: WeightFormat;
  /** By name, in the file's own order. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Text that the file carries about itself. Has no prototype, so any key is safe to look up. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The network itself, where the file describes it. */
  readonly graph?: NetworkGraph;
  /**
   * The same file, where it describes a network, as it reads with layers that are given in place of its own: what lies behind
   * one that isn't supported is known only then.
   */
  readonly readWith?: (given: GivenLayers) => WeightFile;
  /** Why there is no `graph` although the file describes a network: lists every unsupported layer. */
  readonly graphError?: WeightFileError;
  /** What the file holds but was not taken (optimizer state and the like), one sentence each. */
  readonly notes: readonly string[];
}

/** A tensor to be written: `data` in row-major order, of the type that `WeightTensor.data()` gives for `dtype`. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: WeightDtype;
  readonly data: WeightData;
}

/**
 * What every format's reader looks like.
 *
 * @param readOther reads a file that this one leads to, whatever its format.
 * @throws WeightFileError, and nothing else, whatever the bytes.
 */
export type WeightReader = (
  bytes: Bytes,
  source: ByteSource,
  readOther: (source: ByteSource) => Promise<WeightFile>,
) => Promise<WeightFile>;
