import type { WeightTensor } from "../types.ts";
import type { KerasWeights, LayerPlace, NamedTensor } from "./weights.ts";

/** A tensor under its full name, such as "conv1/kernel:0" or "model/block_1/conv1/kernel". */
export interface PathTensor {
  readonly path: string;
  /** The layer under which the file keeps it; for a model inside the model, that model. TF.js tells none. */
  readonly group?: string;
  readonly tensor: WeightTensor;
}

interface Entry extends NamedTensor {
  readonly group?: string;
  /** The path without the role: models and scopes, the layer's own name last. */
  readonly scopes: readonly string[];
}

/** The weights of files that keep them by name: Keras 1 and 2's `.h5` and TF.js. */
export function namedWeights(
  tensors: readonly PathTensor[],
  kernels?: KerasWeights["kernels"],
): KerasWeights {
  const entries = tensors.map(entryOf);
  const byGroup = grouped(entries, (entry) => entry.group);
  const byLayer = grouped(entries, (entry) => entry.scopes.at(-1));
  return {
    kernels,
    of(place) {
      const group = byGroup.get(place.models[0] ?? place.name);
      // A layer's own group holds only its tensors, whatever they are called.
      if (group && place.models.length === 0) return group;
      const named = group
        ? group.filter((entry) => entry.scopes.at(-1) === place.name)
        : byLayer.get(place.name);
      return named ? closest(named, place) : [];
    },
    *all() {
      for (const { group, scopes, role, tensor } of entries) {
        yield { layer: scopes.at(-1) ?? group ?? tensor.name, role, tensor };
      }
    },
  };
}

function entryOf({ path, group, tensor }: PathTensor): Entry {
  const scopes = path.replace(/:\d+$/, "").split("/");
  const role = scopes.pop() ?? path;
  return { role, tensor, group, scopes };
}

function grouped<T>(
  entries: readonly T[],
  keyOf: (entry: T) => string | undefined,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return groups;
}

/** Layers of equal names in different models: those count whose path goes through the layer's models. */
function closest(entries: readonly Entry[], place: LayerPlace): readonly Entry[] {
  if (new Set(entries.map(({ role }) => role)).size === entries.length) return entries;
  const through = entries.filter(({ scopes }) =>
    place.models.every((model) => scopes.includes(model)),
  );
  return through.length > 0 ? through : entries;
}
