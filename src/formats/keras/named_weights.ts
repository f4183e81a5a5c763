import { grouped } from "../grouped.ts";
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
  /** Without the role: models and scopes, the layer's own name last, which may have "/" in it itself. */
  readonly path: string;
  /** The last part of the path. */
  readonly last?: string;
}

/** The weights of files that keep them by name: Keras 1 and 2's `.h5` and TF.js. */
export function namedWeights(
  tensors: readonly PathTensor[],
  kernels?: KerasWeights["kernels"],
): KerasWeights {
  const entries = tensors.map(entryOf);
  const byGroup = grouped(entries.map((entry) => [entry.group, entry]));
  const byLast = grouped(entries.map((entry) => [entry.last, entry]));
  return {
    kernels,
    of(place) {
      const group = byGroup.get(place.models[0] ?? place.name);
      // A layer's own group holds only its tensors, whatever they are called.
      if (group && place.models.length === 0) return group;
      const candidates = group ?? byLast.get(lastOf(place.name)) ?? [];
      return closest(
        candidates.filter(({ path }) => `/${path}`.endsWith(`/${place.name}`)),
        place,
      );
    },
    *all() {
      const shared = new Set([...byLast].flatMap(([last, all]) => (isOneLayer(all) ? [] : [last])));
      for (const { group, path, last, role, tensor } of entries) {
        const name = last !== undefined && shared.has(last) ? path : last;
        yield { layer: name ?? group ?? tensor.name, role, tensor };
      }
    },
  };
}

function entryOf({ path, group, tensor }: PathTensor): Entry {
  const scopes = path.replace(/:\d+$/, "").split("/");
  const role = scopes.pop() ?? path;
  return { role, tensor, group, path: scopes.join("/"), last: scopes.at(-1) };
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Not where "fire2/squeeze" and "fire3/squeeze" are the layers. */
function isOneLayer(entries: readonly Entry[]): boolean {
  return new Set(entries.map(({ role }) => role)).size === entries.length;
}

/** Layers of equal names in different models: those count whose path goes through the layer's models. */
function closest(entries: readonly Entry[], { models, name }: LayerPlace): readonly Entry[] {
  const whole = [...models, name].join("/");
  const exact = entries.filter(({ path }) => path === whole);
  if (exact.length > 0) return exact;
  if (isOneLayer(entries)) return entries;
  const through = entries.filter(({ path }) =>
    models.every((model) => `/${path}/`.includes(`/${model}/`)),
  );
  return through.length > 0 ? through : entries;
}
