import { type Fail, failing, printable, WeightFileError } from "../errors.ts";
import { NetworkBuilder } from "../graph/builder.ts";
import type { GivenLayers } from "../graph/given_layers.ts";
import { classNamesIn, decodeUtf8, type JsonObject, parseJsonObject, textRecord } from "../json.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import { type Bytes, rangesOf, wholeOf } from "../sources/ranges.ts";
import type { WeightFile } from "../types.ts";
import { openZip } from "../zip/read.ts";
import { type Hdf5Group, openHdf5 } from "./hdf5/file.ts";
import { textOf, textsOf } from "./hdf5_tensors.ts";
import { leftOutNotes } from "./left_out.ts";
import { legacyWeights, legacyWeightsGroup } from "./legacy_h5.ts";
import { readNetwork } from "./network.ts";
import { type DescribedNetwork, fileName, networkBeside, weightsBeside } from "./pair.ts";
import { varsWeights } from "./vars_h5.ts";
import type { KerasWeights } from "./weights.ts";

/** What the ways of saving have in common. */
interface Contents {
  readonly weights: KerasWeights;
  readonly config?: JsonObject;
  readonly version: string;
  readonly metadata: Record<string, string>;
  readonly notes: readonly string[];
  readonly classes?: readonly string[];
}

/**
 * Reads what Keras saves: `.h5` of Keras 1 and 2 (whole models and weights alone), Keras 3's `.weights.h5`, and
 * `.keras` archives. Weights alone get the network that lies beside them as JSON under a related name, if it fits.
 *
 * @throws WeightFileError naming what is wrong and where.
 */
export async function readKeras(bytes: Bytes, source: ByteSource): Promise<WeightFile> {
  const [first, second] = rangesOf(bytes).read(0, 2);
  const isZip = first === 0x50 && second === 0x4b;
  const format = isZip ? "keras" : "keras-h5";
  const fail = failing(source.name, format);
  const contents = isZip ? readArchive(bytes, fail) : readH5(openHdf5(bytes, fail), fail);
  const beside = contents.config ? undefined : await networkBeside(source);
  if (!beside) return assemble(contents, format, fail);
  try {
    return assemble(describedBy(contents, beside), format, fail);
  } catch (error) {
    if (!(error instanceof WeightFileError)) throw error;
    const note = `The network in "${printable(beside.name)}" beside it doesn't fit: ${error.message}`;
    return assemble({ ...contents, notes: [...contents.notes, note] }, format, fail);
  }
}

/**
 * Reads a network that Keras saved as JSON, with the weights that lie beside it as `.h5`.
 *
 * @throws WeightFileError naming what is wrong and where.
 */
export async function readKerasJson(bytes: Bytes, source: ByteSource): Promise<WeightFile> {
  const about = failing(source.name, "keras-h5");
  const config = parseJsonObject(decodeUtf8(wholeOf(bytes), "JSON", about), "JSON", about);
  const weights = await weightsBeside(source, about);
  const fail = failing(weights.name, "keras-h5");
  const contents = readH5(openHdf5(await (weights.open ?? weights.read)(), fail), fail);
  return assemble(describedBy(contents, { name: fileName(source.name), config }), "keras-h5", fail);
}

/** A file that describes its network itself knows best. */
function describedBy(contents: Contents, { name, config }: DescribedNetwork): Contents {
  if (contents.config) return contents;
  const note = `The network is the one that "${printable(name)}" describes.`;
  return { ...contents, config, notes: [...contents.notes, note] };
}

function assemble(
  contents: Contents,
  format: "keras" | "keras-h5",
  fail: Fail,
  given?: GivenLayers,
): WeightFile {
  const builder = new NetworkBuilder(fail, given);
  const isKeras3 = contents.version.startsWith("3");
  const network = readNetwork({ ...contents, isKeras3 }, builder);
  const notes = [...contents.notes, ...builder.notes];
  const readWith = (layers: GivenLayers) => assemble(contents, format, fail, layers);
  const { metadata } = contents;
  return { format, ...network, tensors: builder.tensors, metadata, notes, readWith };
}

function readArchive(bytes: Bytes, fail: Fail): Contents {
  const zip = openZip(bytes, fail);
  const json = (name: string) =>
    parseJsonObject(decodeUtf8(zip.read(name), name, fail), name, fail);
  const config = json("config.json");
  if (!zip.entries.has("model.weights.h5")) {
    throw fail(
      "archive",
      'it has no "model.weights.h5"',
      "Save the model again with Keras's default settings",
    );
  }
  const { weights, notes } = varsWeights(openHdf5(zip.read("model.weights.h5"), fail), fail);
  const metadata = textRecord(zip.entries.has("metadata.json") ? json("metadata.json") : {});
  return { weights, config, version: metadata.keras_version ?? "3", metadata, notes };
}

/** What `writeKerasH5` was given to keep. */
function userMetadata(root: Hdf5Group, fail: Fail): JsonObject {
  const text = textOf(root, "user_metadata");
  return text === undefined ? {} : parseJsonObject(text, "user_metadata", fail);
}

function readH5(root: Hdf5Group, fail: Fail): Contents {
  const group = legacyWeightsGroup(root);
  const about = group ?? root;
  const own = ["keras_version", "backend", "training_config"].map(
    (key) => [key, textOf(root, key) ?? textOf(about, key)] as const,
  );
  const metadata = textRecord(Object.fromEntries(own), userMetadata(root, fail));
  const version = metadata.keras_version ?? (group ? "1" : "3");
  const text = textOf(root, "model_config");
  const config = text === undefined ? undefined : parseJsonObject(text, "model_config", fail);
  if (group) {
    const weights = legacyWeights(group, metadata.backend, fail);
    // Keras has no place for class names; Graft keeps them in an attribute of its own.
    const classes = classNamesIn(textOf(root, "class_names"));
    return { weights, config, version, metadata, notes: optimizerNotes(root), classes };
  }
  const { weights, notes } = varsWeights(root, fail);
  if (weights.all()[Symbol.iterator]().next().done) {
    const problem = 'it is an HDF5 file without Keras\'s "layer_names" or "vars"';
    throw fail(
      "HDF5",
      problem,
      "Save the model with Keras: model.save(…) or model.save_weights(…)",
    );
  }
  return { weights, config, version, metadata, notes };
}

function optimizerNotes(root: Hdf5Group): string[] {
  const group = root.get("optimizer_weights");
  const names = group?.kind === "group" ? textsOf(group, "weight_names") : undefined;
  return leftOutNotes({ optimizer: names?.length });
}
