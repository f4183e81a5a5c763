import type { Architecture } from "../../architecture.ts";
import { failing } from "../../errors.ts";
import { modelConfig, type PlannedLayer } from "./plan.ts";
import { planModel, type WeightsToWrite } from "./planner.ts";

/** What the file says wrote it: the newest version that has all the layers used, and whose files all later ones read. */
const KERAS_VERSION = "2.11.0";

/** HDF5's limit for an attribute is 64 KiB; Keras cuts longer lists, and reads them so. */
const MAX_ATTRIBUTE = 60_000;

/** Files are written in the library's memory, each under a name of its own. */
let written = 0;

/**
 * Writes a network with its weights as a Keras model (`.h5`), which Keras 2 and 3 load whole.
 *
 * @param weights in PyTorch's layout, by the names that the architecture gives; they are stored as float32.
 * @returns the file's bytes.
 * @throws WeightFileError listing every layer that Keras doesn't have.
 */
export async function writeKerasH5(
  architecture: Architecture,
  weights: WeightsToWrite,
): Promise<Uint8Array> {
  const fail = failing("the file to write", "keras-h5");
  const plan = planModel(architecture, weights, { fail, hasGroups: true });
  // The library is large and only wanted here.
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const path = `/graft-${++written}.h5`;
  // The oldest form of the format, which every reader of it knows.
  const file = new File(path, "w", { libver: ["earliest", "latest"] });
  try {
    file.create_attribute("keras_version", KERAS_VERSION);
    file.create_attribute("backend", "tensorflow");
    file.create_attribute("model_config", JSON.stringify(modelConfig(plan)));
    if (plan.classes) file.create_attribute("class_names", JSON.stringify(plan.classes));
    const group = file.create_group("model_weights");
    group.create_attribute("keras_version", KERAS_VERSION);
    group.create_attribute("backend", "tensorflow");
    writeNames(
      group,
      "layer_names",
      plan.layers.map(({ name }) => name),
    );
    for (const layer of plan.layers) writeLayer(group.create_group(layer.name), layer);
  } finally {
    file.close();
  }
  const bytes = FS.readFile(path);
  FS.unlink(path);
  return bytes;
}

type H5Group = InstanceType<typeof import("h5wasm")["Group"]>;

function writeLayer(group: H5Group, { name, weights }: PlannedLayer): void {
  writeNames(
    group,
    "weight_names",
    weights.map(({ role }) => `${name}/${role}:0`),
  );
  if (weights.length === 0) return;
  const inner = group.create_group(name);
  for (const { role, shape, data } of weights) {
    inner.create_dataset({ name: `${role}:0`, data: data(), shape: [...shape], dtype: "<f" });
  }
}

function writeNames(group: H5Group, attribute: string, names: readonly string[]): void {
  const width = Math.max(1, ...names.map((name) => name.length));
  const atOnce = Math.max(1, Math.floor(MAX_ATTRIBUTE / width));
  const write = (key: string, part: readonly string[]) => {
    group.create_attribute(key, [...part], [part.length], `S${width}`);
  };
  if (names.length <= atOnce) {
    write(attribute, names);
    return;
  }
  for (let start = 0; start < names.length; start += atOnce) {
    write(`${attribute}${start / atOnce}`, names.slice(start, start + atOnce));
  }
}
