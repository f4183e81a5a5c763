import { failing } from "../../../src/formats/errors.ts";
import { type Hdf5Group, openHdf5 } from "../../../src/formats/keras/hdf5/file.ts";
import { GroupToWrite } from "../../../src/formats/keras/hdf5/write/group.ts";
import { fixedTexts, floats, type Values } from "../../../src/formats/keras/hdf5/write/values.ts";
import { tensorOf } from "../../../src/formats/keras/hdf5_tensors.ts";
import type { WeightData } from "../../../src/formats/types.ts";

export const fail = failing("written.h5", "keras-h5");

export const open = (bytes: Uint8Array) => openHdf5(bytes, fail);

export const LONG = "é".repeat(2 ** 19);
export const MANY = 1000;
export const NUMBERS = [0.1, -3.4e38, 1e-45, Number.NEGATIVE_INFINITY].map(Math.fround);
export const NAMES = ["größe", "Größe", "名前", "\u{1f600}", "\uff5e", "z", "a b"];

export function numbers(shape: readonly number[], ...values: readonly number[]): Values {
  return floats(shape, (target) => target.set(values));
}

/** Everything that the writer knows. */
export function sample(): GroupToWrite {
  const root = new GroupToWrite();
  const { attributes } = root;
  attributes.set("text", "a text – with more than ASCII");
  attributes.set("empty text", "");
  attributes.set("long", LONG);
  attributes.set("fixed", fixedTexts(["first", "", "second one"]));
  attributes.set("fixed UTF-8", fixedTexts(["größer", "b"]));
  attributes.set("no texts", fixedTexts([]));
  attributes.set("number", numbers([], -7));
  attributes.set("matrix", numbers([2, 3], 1, 2, 3, 4, 5, 6));
  attributes.set("名前", numbers([1], 5));
  root.dataset("numbers", numbers([2, 2], ...NUMBERS));
  root.dataset("scalar", numbers([], 3.5));
  root.dataset("none", numbers([0, 3]));
  root.dataset("texts", fixedTexts(["a", "bc"])).attributes.set("unit", "m");
  const filled = floats([3, 5], (target) => target.set(target.map((_, i) => i / 2)));
  root.dataset("a/b/c/kernel:0", filled);
  root.group("empty/emptier");
  for (const name of NAMES) root.group(`unicode/${name}`).attributes.set("name", name);
  for (let i = 0; i < MANY; i++) {
    const number = (i * 617) % MANY;
    root.group(`many/member ${number}`).attributes.set("i", numbers([], number));
  }
  return root;
}

export function dataset(
  root: Hdf5Group,
  path: string,
): { shape: readonly number[]; data: WeightData } {
  const found = root.get(path);
  if (found?.kind !== "dataset") throw new Error(`no dataset ${path}`);
  const tensor = tensorOf(found, path, fail);
  return { shape: tensor.shape, data: tensor.data() };
}
