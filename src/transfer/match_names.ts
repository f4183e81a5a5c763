import { type Shape, sameShape, sizeOf } from "../base/index.ts";
import { currentName } from "../models/index.ts";
import { type Named, pairsByKind } from "./match_kinds.ts";

export interface Match {
  /** The tensor's name in the model, and in the file. */
  readonly name: string;
  readonly source: string;
  readonly how: "name" | "prefix" | "suffix" | "order" | "kind";
}

/** Wrappers put these before every name (DataParallel, Lightning, timm exports, nested models). */
const WRAPPERS = /^(?:module|model|net|network|backbone|_orig_mod|state_dict)\./;

/**
 * Pairs a model's tensors with a file's: by the same name; without wrapper prefixes; by a unique
 * ending ("features.conv1.weight" and "conv1.weight"). What remains is paired in order where all of it runs in step. When
 * no name fits at all, in order as far as the shapes run in step: the order of all tensors, or that of each kind of layer.
 */
export function matchNames(model: readonly Named[], file: readonly Named[]): Match[] {
  const matches: Match[] = [];
  const openModel = new Map(model.map((entry) => [entry.name, entry]));
  const openFile = new Map(file.map((entry) => [entry.name, entry]));
  const pair = (name: string, source: string, how: Match["how"]) => {
    matches.push({ name, source, how });
    openModel.delete(name);
    openFile.delete(source);
  };
  for (const { name } of model) if (openFile.has(name)) pair(name, name, "name");
  for (const source of [...openFile.keys()]) {
    const bare = stripWrappers(source);
    if (bare !== source && openModel.has(bare)) pair(bare, source, "prefix");
  }
  for (const [name, source] of suffixPairs([...openModel.keys()], [...openFile.keys()]))
    pair(name, source, "suffix");
  const rest = [...openFile.values()].filter(({ name }) => !name.endsWith("num_batches_tracked"));
  if (matches.length > 0) {
    for (const [name, source] of remainders([...openModel.values()], rest))
      pair(name, source, "order");
  } else {
    const inOrder = pairsInOrder(model, rest);
    const byKind = pairsByKind(model, rest);
    const how = byKind.length > inOrder.length ? "kind" : "order";
    for (const [name, source] of how === "kind" ? byKind : inOrder) pair(name, source, how);
  }
  return matches;
}

function stripWrappers(name: string): string {
  let bare = currentName(name);
  while (WRAPPERS.test(bare)) bare = bare.replace(WRAPPERS, "");
  return bare;
}

/**
 * Whether the elements of two tensors are the same in the same order: of one shape, or a linear layer behind a flattened
 * map and the convolution over the whole map that some libraries write it as.
 */
export function sameElements(a: Shape, b: Shape): boolean {
  if (sameShape(a, b)) return true;
  const [flat, deep] = a.length === 2 ? [a, b] : [b, a];
  return flat.length === 2 && deep.length === 4 && flat[0] === deep[0] && sizeOf(a) === sizeOf(b);
}

/** A classifier that goes by other names, say: as many tensors on both sides, and all of them agree. */
function remainders(model: readonly Named[], file: readonly Named[]): [string, string][] {
  const agrees = model.every(({ shape }, i) => sameElements(shape, file[i]?.shape ?? []));
  const isWeight = model.some(({ shape }) => shape.length > 1);
  if (model.length !== file.length || !agrees || !isWeight) return [];
  return model.map(({ name }, i) => [name, file[i]!.name]);
}

/** Names of which one ends in the other, at a dot, where that is unique both ways. */
function suffixPairs(model: readonly string[], file: readonly string[]): [string, string][] {
  const candidates = model.flatMap((name) =>
    file
      .map(stripWrappers)
      .map((bare, i): [string, string, string] => [name, file[i]!, bare])
      .filter(([, , bare]) => name.endsWith(`.${bare}`) || bare.endsWith(`.${name}`)),
  );
  const count = (index: 0 | 1, value: string) =>
    candidates.filter((entry) => entry[index] === value).length;
  return candidates
    .filter(([name, source]) => count(0, name) === 1 && count(1, source) === 1)
    .map(([name, source]) => [name, source]);
}

/**
 * Pairs in order while shapes agree, from the first tensor on. Stops at the first difference, as
 * another head has. At least two weights of more than one dimension must agree for it to count.
 */
function pairsInOrder(model: readonly Named[], file: readonly Named[]): [string, string][] {
  const pairs: [string, string][] = [];
  let convincing = 0;
  for (let i = 0; i < Math.min(model.length, file.length); i++) {
    if (!sameShape(model[i]!.shape, file[i]!.shape)) break;
    if (model[i]!.shape.length > 1 && sizeOf(model[i]!.shape) > 1) convincing++;
    pairs.push([model[i]!.name, file[i]!.name]);
  }
  return convincing >= 2 ? pairs : [];
}
