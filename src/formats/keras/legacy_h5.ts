import { DAMAGED, type Fail, layerNamed, printable } from "../errors.ts";
import { grouped } from "../grouped.ts";
import type { Hdf5Dataset, Hdf5Group } from "./hdf5/file.ts";
import { tensorOf, textsOf } from "./hdf5_tensors.ts";
import { namedWeights, type PathTensor } from "./named_weights.ts";
import type { KerasWeights } from "./weights.ts";

/** The group that holds the weights of Keras 1's and 2's files, of whole models and of weights alone. */
export function legacyWeightsGroup(root: Hdf5Group): Hdf5Group | undefined {
  const inner = root.get("model_weights");
  const candidates = inner?.kind === "group" ? [inner, root] : [root];
  return candidates.find((group) => textsOf(group, "layer_names") !== undefined);
}

/**
 * The weights of Keras 1's and 2's `.h5`: a group for each layer, which lists its tensors.
 *
 * @throws the error of `fail` when what is listed isn't there.
 */
export function legacyWeights(
  group: Hdf5Group,
  backend: string | undefined,
  fail: Fail,
): KerasWeights {
  const tensors: PathTensor[] = [];
  for (const layer of textsOf(group, "layer_names") ?? []) {
    const member = group.get(layer);
    if (member?.kind !== "group") {
      throw fail(layerNamed(layer), "the file lists it, and has no group for it", DAMAGED);
    }
    for (const path of textsOf(member, "weight_names") ?? []) {
      const dataset = member.get(path);
      if (dataset?.kind !== "dataset") {
        throw fail(
          `tensor "${printable(path)}"`,
          "the file lists it, and doesn't hold it",
          DAMAGED,
        );
      }
      tensors.push({ path, group: layer, tensor: tensorOf(dataset, path, fail) });
    }
  }
  return namedWeights(distinct(tensors), backend === "theano" ? "flipped" : undefined);
}

/** Tensors of different layers may bear one name ("kernel:0"); that of the layer is put before. */
function distinct(tensors: readonly PathTensor[]): PathTensor[] {
  const seen = new Set<string>();
  return tensors.map((entry) => {
    const name = seen.has(entry.path) ? `${entry.group}/${entry.path}` : entry.path;
    seen.add(entry.path);
    return name === entry.path ? entry : { ...entry, tensor: { ...entry.tensor, name } };
  });
}

/** Visits every dataset below a group; a group that contains itself is entered a few times and no more. */
export function* datasetsBelow(
  group: Hdf5Group,
  path: readonly string[] = [],
): Generator<{
  readonly path: readonly string[];
  readonly dataset: Hdf5Dataset;
  readonly group: Hdf5Group;
}> {
  if (path.length >= MAX_DEPTH) return;
  for (const name of numbered(group.names)) {
    const member = group.get(name);
    if (member?.kind === "group") yield* datasetsBelow(member, [...path, name]);
    else if (member) yield { path: [...path, name], dataset: member, group };
  }
}

/** HDF5 sorts names as text; "conv2d_10" stands behind "conv2d_2" in the model. */
function numbered(names: readonly string[]): string[] {
  const stems = grouped(
    names.map((name) => {
      const [, stem = name, number = "-1"] = /^(.*?)(?:_(\d+))?$/s.exec(name) ?? [];
      return [stem, [Number(number), name] as const];
    }),
  );
  return [...stems.values()].flatMap((all) =>
    all.sort(([a], [b]) => a - b).map(([, name]) => name),
  );
}

/** Each model inside a model takes two groups. */
const MAX_DEPTH = 24;
