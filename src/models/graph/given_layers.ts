import { recordOps, Tensor, zeros } from "../../autograd/index.ts";
import { messageOf } from "../../base/index.ts";
import { type NodeOf, requireArchitecture, type WeightFile } from "../../formats/index.ts";
import { evaluating, Module } from "../../nn/index.ts";

/** Modules in place of a file's layers, by the layers' names or kinds. */
export type Replacements = Readonly<Record<string, Module>>;

/** Where a side isn't known, any will do: what a layer makes of it isn't known either. */
const ANY = 64;

/**
 * A file as it reads with modules in place of some of its layers.
 *
 * @throws Error for a name that it hasn't, listing those it has, or a module that can't take what its layer takes.
 */
export function withGiven(file: WeightFile, replace: Replacements): WeightFile {
  if (Object.keys(replace).length === 0) return file;
  if (!file.readWith) requireArchitecture(file);
  const left = new Set(Object.keys(replace));
  const met = new Map<string, string>();
  const keyOf = (name: string, type: string) => {
    met.set(name, type);
    const key = [name, type].find((each) => Object.hasOwn(replace, each));
    if (key !== undefined) left.delete(key);
    return key;
  };
  const shapeOf = (key: string, inputs: readonly (readonly (number | null)[])[]) =>
    shapeGiven(key, replace[key]!, inputs);
  const read = file.readWith?.({ keyOf, shapeOf }) ?? file;
  if (left.size > 0) throw unknownNames([...left], met);
  const { graph } = read;
  const classes = graph?.classes ?? file.graph?.classes;
  return { ...read, metadata: file.metadata, ...(graph && { graph: { ...graph, classes } }) };
}

/** The shape of what a module makes of inputs of these shapes, found out without computing it. */
function shapeGiven(key: string, module: Module, inputs: readonly (readonly (number | null)[])[]) {
  const given = inputs.map((shape) => zeros([1, ...shape.map((side) => side ?? ANY)]));
  const sides = resultOf(key, module, given).shape.slice(1);
  const [first] = inputs;
  const isOpen = first?.length === sides.length;
  return sides.map((side, axis) => (isOpen && axis > 0 && first[axis] === null ? null : side));
}

function resultOf(key: string, module: Module, inputs: readonly Tensor[]): Tensor {
  const fail = (why: string) => new Error(`replace: the module for "${key}" ${why}`);
  if (!(module instanceof Module)) throw fail("is no nn.Module");
  let result: unknown;
  try {
    result = evaluating(module, () => recordOps(() => module.forward(...inputs))).result;
  } catch (error) {
    throw fail(`fails on its inputs: ${messageOf(error)}`);
  }
  if (result instanceof Tensor && result.shape[0] === 1) return result;
  throw fail("gives no tensor with the batch in front");
}

function unknownNames(names: readonly string[], met: ReadonlyMap<string, string>): Error {
  const known = [...met].slice(0, 40).map(([name, type]) => `${name} (${type})`);
  const more = met.size > known.length ? ", …" : "";
  const list = names.map((name) => `"${name}"`).join(", ");
  return new Error(`replace: the file has no layer ${list}; it has ${known.join(", ")}${more}`);
}

/** @throws Error where no module is given for a layer. */
export function moduleFor({ name, attrs }: NodeOf<"given">, given: Replacements): Module {
  const module = Object.hasOwn(given, attrs.key) ? given[attrs.key] : undefined;
  if (module) return module;
  throw new Error(
    `layer "${name}" (${attrs.type}) was given as a module when the network was read; give it again: ` +
      `{ replace: { ${JSON.stringify(attrs.key)}: module } }`,
  );
}
