import { saveNpz, savePytorch, saveSafetensors } from "../../formats/index.ts";
import { saveKerasH5, saveOnnx, saveTfjs } from "../../models/index.ts";
import type { Module } from "../../nn/index.ts";
import { type NetworkInfo, networkMetadata } from "../../transfer/index.ts";
import { SettingError } from "../errors.ts";
import { baseName, ending, stem } from "../places.ts";

/** The files of a network by name: one, but for TF.js, whose description comes last. */
export type NetworkFiles = ReadonlyMap<string, Uint8Array>;

type Writer = (model: Module, info: NetworkInfo) => Promise<Uint8Array>;

const WRITERS: Readonly<Record<string, Writer>> = {
  ".safetensors": (model, info) =>
    saveSafetensors(model.stateDict(), { metadata: networkMetadata(info) }),
  ".pt": (model, info) => savePytorch(model.stateDict(), { metadata: networkMetadata(info) }),
  ".pth": (model, info) => savePytorch(model.stateDict(), { metadata: networkMetadata(info) }),
  ".npz": (model) => saveNpz(model.stateDict()), // has no room for texts: its labels have
  ".h5": (model, info) => saveKerasH5(model, described(info)),
  ".onnx": (model, info) => saveOnnx(model, described(info)),
};

/** For formats that describe the network themselves. */
function described(info: NetworkInfo) {
  const { input, classes } = info;
  const inputShape = [input.channels, input.size, input.size];
  return { inputShape, classes, metadata: networkMetadata({ ...info, graph: undefined }) };
}

const ENDINGS = [...Object.keys(WRITERS), ".json"];

/**
 * @param asked what was asked for, as messages say it: "{save} net.bin".
 * @throws SettingError before any work is done, when the name's ending is no format that can be written.
 */
export function checkWritable(path: string, asked = path): void {
  const end = ending(path);
  if (ENDINGS.includes(end)) return;
  const why = end === "" ? "its ending must tell the format" : `can't write "${end}" files`;
  throw new SettingError(`${asked}: ${why}; use one of ${ENDINGS.join(", ")}`);
}

/** The files of a network under a name whose ending tells the format. */
export async function networkFiles(
  model: Module,
  path: string,
  info: NetworkInfo,
): Promise<NetworkFiles> {
  checkWritable(path);
  const write = WRITERS[ending(path)];
  if (write) return new Map([[baseName(path), await write(model, info)]]);
  return namedTfjs(await saveTfjs(model, described(info)), stem(path));
}

/** TF.js files of which the description has another name: its weights get it too, so that two can lie in a folder. */
function namedTfjs(files: Readonly<Record<string, Uint8Array>>, name: string): NetworkFiles {
  const description = new TextDecoder().decode(files["model.json"]);
  const shards = Object.keys(files).filter((file) => file !== "model.json");
  const renamed = (shard: string) => (name === "model" ? shard : `${name}.${shard}`);
  let text = description;
  for (const shard of shards) text = text.replace(`"${shard}"`, JSON.stringify(renamed(shard)));
  return new Map([
    ...shards.map((shard) => [renamed(shard), files[shard]] as const),
    [`${name}.json`, new TextEncoder().encode(text)],
  ]);
}
