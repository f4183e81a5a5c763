import { DAMAGED, type Fail } from "../errors.ts";
import type { Hdf5Group } from "./hdf5/file.ts";
import { tensorOf, textOf } from "./hdf5_tensors.ts";
import { leftOutNotes } from "./left_out.ts";
import { datasetsBelow } from "./legacy_h5.ts";
import type { KerasWeights, NamedTensor } from "./weights.ts";

interface LayerVars {
  readonly path: string;
  /** The layer's name, where Keras noted it. */
  readonly name?: string;
  readonly vars: NamedTensor[];
}

export interface VarsFile {
  readonly weights: KerasWeights;
  readonly notes: readonly string[];
}

/** More tensors than any model has; a group that contains itself would give many more. */
const MAX_TENSORS = 100_000;

/**
 * The weights of Keras 3's `.weights.h5`: a group "vars" for each layer, whose tensors are numbered.
 *
 * @throws the error of `fail` when there is no such group.
 */
export function varsWeights(root: Hdf5Group, fail: Fail): VarsFile {
  const layers = new Map<string, LayerVars>();
  const left = { optimizer: 0, generators: 0, metrics: 0 };
  let count = 0;
  for (const { path, dataset, group } of datasetsBelow(root)) {
    if (++count > MAX_TENSORS)
      throw fail("HDF5", `it has more than ${MAX_TENSORS} tensors`, DAMAGED);
    const layerPath = normalised(path.slice(0, -2));
    if (path.at(-2) !== "vars") continue;
    if (layerPath.startsWith("optimizer")) left.optimizer++;
    else if (layerPath.endsWith("seed_generator")) left.generators++;
    else if (layerPath.startsWith("metrics/")) left.metrics++;
    else {
      const name = textOf(group, "name");
      const layer = layers.get(layerPath) ?? { path: layerPath, name, vars: [] };
      const tensor = tensorOf(dataset, path.join("/"), fail);
      layer.vars.push({ role: path.at(-1) ?? "", tensor });
      layers.set(layerPath, layer);
    }
  }
  for (const { path, vars } of layers.values()) {
    vars.sort((a, b) => Number(a.role) - Number(b.role));
    if (!isMetric(path, vars)) continue;
    left.metrics += vars.length;
    layers.delete(path);
  }
  return { weights: layeredWeights(layers), notes: leftOutNotes(left) };
}

/** A model of a user's own class keeps its metrics beside its layers: a mean is a sum and a count. */
function isMetric(path: string, vars: readonly NamedTensor[]): boolean {
  const isLayer = path.startsWith("layers/") || path === "";
  return !isLayer && vars.length === 2 && vars.every(({ tensor }) => tensor.shape.length === 0);
}

/** Early versions called the list of layers otherwise, and those on Windows wrote backslashes. */
function normalised(path: readonly string[]): string {
  return path
    .join("/")
    .replaceAll("\\", "/")
    .replaceAll("_layer_checkpoint_dependencies", "layers");
}

function layeredWeights(layers: ReadonlyMap<string, LayerVars>): KerasWeights {
  return {
    of({ path, name }) {
      const found = layers.get(path);
      if (found) return found.vars;
      const named = [...layers.values()].filter((layer) => layer.name === name);
      return named.length === 1 ? named[0].vars : [];
    },
    *all() {
      for (const { path, name, vars } of layers.values()) {
        const layer = name ?? path.slice(path.lastIndexOf("/") + 1);
        for (const named of vars) yield { layer, ...named };
      }
    },
  };
}
