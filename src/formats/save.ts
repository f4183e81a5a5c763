import { checkOptions } from "../base/index.ts";
import { platform } from "../platform/index.ts";
import { isQuantizable, quantized } from "./elements/quantize.ts";
import { failing, tensorNamed } from "./errors.ts";
import { writeNpz } from "./numpy/write.ts";
import { writePytorch } from "./pytorch/write.ts";
import { writeSafetensors } from "./safetensors/write.ts";
import type { TensorToWrite, WeightData, WeightDtype } from "./types.ts";

/** Anything with a shape, a dtype and values: Graft's tensors, and those of a weight file. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: WeightDtype;
  data(): WeightData | Promise<WeightData>;
}

/** Tensors by name: a `stateDict()`, or the `tensors` of a weight file. */
export type TensorDict = Readonly<Record<string, TensorLike>> | ReadonlyMap<string, TensorLike>;

export interface SaveOptions {
  /** Node: also write the file here, as one step: when it fails, what was there stays whole. */
  readonly path?: string;
  /** Store floating-point tensors as this type. Default: as they are. */
  readonly dtype?: FloatDtype;
}

export type FloatDtype = "f32" | "f16" | "bf16";

/** Options of the formats that hold texts beside the tensors. */
export interface SaveTextOptions extends SaveOptions {
  /** Texts kept in the file under these keys: `WeightFile.metadata` gives them back. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface SaveSafetensorsOptions extends Omit<SaveTextOptions, "dtype"> {
  /**
   * Store floating-point tensors as this type. "i8": those of two dimensions and more as integers of 8 bits with a scale for
   * each row beside them, `weight` and `weight_scale` [rows, 1, …]; reading gives floats again. Default: as they are.
   */
  readonly dtype?: FloatDtype | "i8";
}

/**
 * Saves tensors as safetensors, in their order.
 *
 * @returns the file's bytes.
 * @throws WeightFileError for tensors that can't be written; Error when the path can't.
 */
export async function saveSafetensors(
  dict: TensorDict,
  options: SaveSafetensorsOptions | string = {},
): Promise<Uint8Array> {
  const { path, dtype, metadata } = checked("saveSafetensors", options, ["metadata"]);
  const tensors = await collectTensors(dict, dtype);
  return finish(writeSafetensors(tensors, metadata), path);
}

/**
 * Saves tensors as a state dict that `torch.load` reads.
 *
 * @returns the file's bytes.
 * @throws WeightFileError for tensors that can't be written (PyTorch has no u16, u32, u64); Error when the path can't.
 */
export async function savePytorch(
  dict: TensorDict,
  options: SaveTextOptions | string = {},
): Promise<Uint8Array> {
  const { path, dtype, metadata } = checked("savePytorch", options, ["metadata"]);
  return finish(writePytorch(await collectTensors(dict, dtype), metadata), path);
}

/**
 * Saves tensors as `numpy.savez` does. NumPy has no bfloat16: such tensors become float32.
 *
 * @returns the file's bytes.
 * @throws WeightFileError for tensors that can't be written; Error when the path can't.
 */
export async function saveNpz(
  dict: TensorDict,
  options: SaveOptions | string = {},
): Promise<Uint8Array> {
  const { path, dtype } = checked("saveNpz", options);
  return finish(writeNpz(await collectTensors(dict, dtype)), path);
}

/**
 * Writes a file as one step (a temporary file in the same folder, flushed and renamed): when it fails, what was there
 * stays whole. Node only.
 *
 * @throws Error naming the path.
 */
export async function saveBytes(bytes: Uint8Array, path: string): Promise<void> {
  await platform().writeFileAtomic(path, bytes);
}

function checked<T extends { readonly path?: string }>(
  where: string,
  options: T | string,
  more: readonly string[] = [],
): Partial<T> {
  if (typeof options === "string") return { path: options } as Partial<T>;
  checkOptions(where, options, ["path", "dtype", ...more]);
  return options;
}

async function finish(bytes: Uint8Array, path: string | undefined): Promise<Uint8Array> {
  if (path !== undefined) await saveBytes(bytes, path);
  return bytes;
}

/**
 * Reads the values of all tensors, for one of the `write…` functions.
 *
 * @param dtype the type to store floating-point tensors as; undefined keeps them.
 */
export async function collectTensors(
  dict: TensorDict,
  dtype?: FloatDtype | "i8",
): Promise<TensorToWrite[]> {
  const entries = dict instanceof Map ? [...dict] : Object.entries(dict);
  const tensors: TensorToWrite[] = [];
  for (const [name, tensor] of entries) tensors.push(...(await collect(name, tensor, dtype)));
  return tensors;
}

async function collect(
  name: string,
  tensor: TensorLike,
  dtype: WeightDtype | undefined,
): Promise<TensorToWrite[]> {
  if (typeof tensor?.data !== "function") {
    throw failing("the file to write", "unknown")(
      tensorNamed(name),
      "it is no tensor",
      "Pass a stateDict()",
    );
  }
  const data = await tensor.data();
  const { shape } = tensor;
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (!dtype || !isFloat) return [{ name, shape, dtype: tensor.dtype, data }];
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  if (dtype !== "i8") return [{ name, shape, dtype, data: floats }];
  if (!isQuantizable(tensor)) return [{ name, shape, dtype: "f32", data: floats }];
  const { values, scale } = quantized(floats, shape[0]);
  const perRow = shape.map((side, axis) => (axis === 0 ? side : 1));
  return [
    { name, shape, dtype, data: values },
    { name: `${name}_scale`, shape: perRow, dtype: "f32", data: scale },
  ];
}
