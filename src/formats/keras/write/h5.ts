import { failing } from "../../errors.ts";
import type { NetworkGraph } from "../../graph/network_graph.ts";
import type { WeightsToWrite } from "../../graph/writing.ts";
import { writeHdf5 } from "../hdf5/write/file.ts";
import { GroupToWrite } from "../hdf5/write/group.ts";
import { fixedTexts, floats, halves, type Values } from "../hdf5/write/values.ts";
import { modelConfig, type PlannedLayer } from "./plan.ts";
import { planModel } from "./plan_model.ts";

/** What the file says wrote it: the newest version that has all the layers used, and whose files all later ones read. */
const KERAS_VERSION = "2.11.0";

/** Keras's `HDF5_OBJECT_HEADER_LIMIT`: HDF5 keeps at most 64 KiB in an attribute, its name and type counted. */
const MAX_LIST = 64_512;

/**
 * Writes a network with its weights as a Keras model (`.h5`), which Keras 2 and 3 load whole.
 *
 * @param weights in PyTorch's layout, by the names that the graph gives; they are stored as float32, or as float16, where their `dtype` says so.
 * @param metadata texts that Keras doesn't look at: JSON in the attribute "user_metadata".
 * @returns the file's bytes, the same for the same network.
 * @throws WeightFileError listing every layer that Keras doesn't have.
 */
export function writeKerasH5(
  graph: NetworkGraph,
  weights: WeightsToWrite,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const fail = failing("the file to write", "keras-h5");
  if ([...weights.values()].some(({ dtype }) => dtype === "i8"))
    throw fail(
      "weights",
      "Keras reads no weights of 8 bits",
      "Write .onnx, model.json or .safetensors",
    );
  const plan = planModel(graph, weights, { fail, hasGroups: true, mixesHalfPixels: true });
  const root = new GroupToWrite();
  noteWriter(root);
  root.attributes.set("model_config", JSON.stringify(modelConfig(plan)));
  if (plan.classes) root.attributes.set("class_names", JSON.stringify(plan.classes));
  if (Object.keys(metadata).length > 0) {
    root.attributes.set("user_metadata", JSON.stringify(metadata));
  }
  const group = root.group("model_weights");
  noteWriter(group);
  const layers = plan.layers.map(({ name }) => name);
  for (const [key, names] of listOfNames("layer_names", layers)) group.attributes.set(key, names);
  for (const layer of plan.layers) addLayer(group.group(layer.name), layer);
  return writeHdf5(root, fail);
}

function noteWriter({ attributes }: GroupToWrite): void {
  attributes.set("keras_version", KERAS_VERSION);
  attributes.set("backend", "tensorflow");
}

function addLayer(group: GroupToWrite, { name, weights }: PlannedLayer): void {
  const pathOf = (role: string) => `${name}/${role}:0`;
  const paths = weights.map(({ role }) => pathOf(role));
  for (const [key, names] of listOfNames("weight_names", paths)) group.attributes.set(key, names);
  for (const { role, shape, fill, dtype } of weights)
    group.dataset(pathOf(role), (dtype === "f16" ? halves : floats)(shape, fill));
}

/**
 * A list as one attribute, or, where it is too long, as several: "layer_names0", "layer_names1", … It is cut as Keras
 * does (`save_attributes_to_hdf5_group`): into the fewest parts that fit, their lengths differing by at most one.
 */
function listOfNames(attribute: string, names: readonly string[]): [string, Values][] {
  const width = Math.max(1, ...names.map((name) => new TextEncoder().encode(name).length));
  const atOnce = Math.max(1, Math.floor(MAX_LIST / width));
  if (names.length <= atOnce) return [[attribute, fixedTexts(names)]];
  const parts = partsOf(names, Math.ceil(names.length / atOnce));
  return parts.map((part, i) => [`${attribute}${i}`, fixedTexts(part)]);
}

/** NumPy's `array_split`. */
function partsOf<T>(list: readonly T[], count: number): T[][] {
  const [length, longer] = [Math.floor(list.length / count), list.length % count];
  const startOf = (i: number) => i * length + Math.min(i, longer);
  return Array.from({ length: count }, (_, i) => list.slice(startOf(i), startOf(i + 1)));
}
