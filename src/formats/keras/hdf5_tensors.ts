import { lazyTensor, undecodable } from "../elements/tensors.ts";
import type { Fail } from "../errors.ts";
import type { WeightTensor } from "../types.ts";
import type { Hdf5Dataset, Hdf5Group } from "./hdf5/file.ts";

/** A dataset as a tensor in the file's own layout. */
export function tensorOf(dataset: Hdf5Dataset, name: string, fail: Fail): WeightTensor {
  const { shape, type } = dataset;
  // h5py has no bfloat16; Keras keeps it as raw bytes and says so in an attribute.
  const isBfloat =
    type.name === "opaque" && type.size === 2 && textOf(dataset, "dtype") === "bfloat16";
  const dtype = isBfloat ? "bf16" : type.number;
  if (!dtype) return undecodable(name, shape, type.name, fail);
  return lazyTensor({
    name,
    shape,
    dtype,
    bigEndian: type.bigEndian,
    bytes: () => dataset.bytes(),
  });
}

/** An attribute that is one text. */
export function textOf(object: Pick<Hdf5Group, "attribute">, name: string): string | undefined {
  const value = object.attribute(name);
  const [first] = value ?? [];
  return typeof first === "string" ? first : undefined;
}

/**
 * An attribute that is a list of texts. A list too long for one attribute is cut: "layer_names0", "layer_names1", …
 *
 * @returns undefined when there is none.
 */
export function textsOf(
  object: Pick<Hdf5Group, "attribute">,
  name: string,
): readonly string[] | undefined {
  const value = object.attribute(name);
  if (value) return onlyTexts(value);
  const texts: string[] = [];
  for (let i = 0; ; i++) {
    const part = object.attribute(`${name}${i}`);
    if (!part) return i === 0 ? undefined : texts;
    texts.push(...onlyTexts(part));
  }
}

/** An empty list has no type of its own and is written as numbers. */
function onlyTexts(value: ArrayLike<unknown>): string[] {
  return Array.from(value).filter((entry) => typeof entry === "string");
}
