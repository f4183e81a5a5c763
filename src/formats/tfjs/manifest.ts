import { dtypeSize, type KnownDtype } from "../elements/dtypes.ts";
import { checkedCount } from "../elements/tensors.ts";
import { DAMAGED, type Fail, printable, tensorNamed } from "../errors.ts";
import { type JsonObject, ownValue } from "../json.ts";

/** How a quantised tensor becomes numbers again: value = stored · scale + min. */
export interface Affine {
  readonly scale: number;
  readonly min: number;
}

/** A tensor of the manifest, with its place in the shards of its group laid end to end. */
export interface ManifestTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** How its elements are stored. */
  readonly stored: KnownDtype;
  readonly affine?: Affine;
  /** Quantised integers are rounded. */
  readonly isInteger: boolean;
  readonly start: number;
  readonly size: number;
}

/** Shards and what lies in them. */
export interface ShardGroup {
  readonly paths: readonly string[];
  readonly tensors: readonly ManifestTensor[];
  /** Bytes that the tensors take together. */
  readonly size: number;
}

const DTYPES: ReadonlyMap<unknown, KnownDtype> = new Map<unknown, KnownDtype>([
  ["float32", "f32"],
  ["float16", "f16"],
  ["int32", "i32"],
  ["uint8", "u8"],
  ["uint16", "u16"],
  ["bool", "bool"],
]);

/** A model of a gigabyte has 256 shards of the usual 4 MiB. */
const MAX_SHARDS = 20_000;

/**
 * Reads `weightsManifest` of a TF.js `model.json`.
 *
 * @throws the error of `fail` when it is damaged.
 */
export function parseManifest(json: JsonObject, fail: Fail): ShardGroup[] {
  const manifest = ownValue(json, "weightsManifest");
  if (!Array.isArray(manifest)) {
    throw fail("weightsManifest", "it is missing: the file names no weights", DAMAGED);
  }
  const groups = manifest.map((group, i) =>
    parseGroup(group, `weightsManifest, group ${i + 1}`, fail),
  );
  const shards = groups.reduce((sum, { paths }) => sum + paths.length, 0);
  if (shards > MAX_SHARDS) {
    throw fail("weightsManifest", `it names ${shards} shards, more than ${MAX_SHARDS}`, DAMAGED);
  }
  return groups;
}

function parseGroup(group: unknown, where: string, fail: Fail): ShardGroup {
  const paths = ownValue(group, "paths");
  const weights = ownValue(group, "weights");
  const arePaths = Array.isArray(paths) && paths.every((path) => typeof path === "string");
  if (!arePaths || !Array.isArray(weights)) {
    throw fail(where, "it lacks its list of paths or of weights", DAMAGED);
  }
  const tensors: ManifestTensor[] = [];
  let start = 0;
  for (const weight of weights) {
    const tensor = parseWeight(weight, start, where, fail);
    tensors.push(tensor);
    start += tensor.size;
  }
  return { paths, tensors, size: start };
}

function parseWeight(weight: unknown, start: number, where: string, fail: Fail): ManifestTensor {
  const name = ownValue(weight, "name");
  if (typeof name !== "string") throw fail(where, "one of its weights has no name", DAMAGED);
  const shape = ownValue(weight, "shape");
  if (!Array.isArray(shape)) throw fail(tensorNamed(name), "its shape is missing", DAMAGED);
  const count = checkedCount(name, shape, fail);
  const dtype = DTYPES.get(ownValue(weight, "dtype"));
  if (!dtype) {
    const type = printable(String(ownValue(weight, "dtype")));
    throw fail(
      tensorNamed(name),
      `elements of type ${type} can't be read`,
      "Remove the tensor from the model",
    );
  }
  const quantization = ownValue(weight, "quantization");
  const { stored = dtype, affine } = parseQuantization(quantization, name, fail);
  const size = count * dtypeSize(stored);
  return { name, shape, stored, affine, isInteger: dtype === "i32", start, size };
}

function parseQuantization(
  value: unknown,
  name: string,
  fail: Fail,
): { readonly stored?: KnownDtype; readonly affine?: Affine } {
  if (value === undefined || value === null) return {};
  const dtype = ownValue(value, "dtype");
  if (dtype === "float16") return { stored: "f16" };
  const scale = ownValue(value, "scale");
  const min = ownValue(value, "min");
  const isAffine = dtype === "uint8" || dtype === "uint16";
  if (!isAffine || typeof scale !== "number" || typeof min !== "number") {
    throw fail(
      tensorNamed(name),
      "its quantization is neither float16 nor uint8 or uint16 with scale and min",
      DAMAGED,
    );
  }
  return { stored: dtype === "uint8" ? "u8" : "u16", affine: { scale, min } };
}
