import { writableEndings, writerFor } from "../../formats/index.ts";
import { type ExportOptions, modelFiles } from "../../models/index.ts";
import type { Module } from "../../nn/index.ts";
import { type NetworkInfo, networkMetadata } from "../../transfer/index.ts";
import { SettingError } from "../errors.ts";
import { baseName, ending } from "../places.ts";

/**
 * @param asked what was asked for, as messages say it: "{save} net.bin".
 * @throws SettingError before any work is done, when the name's ending is no format that can be written.
 */
export function checkWritable(path: string, asked = path): void {
  const end = ending(path);
  if (writerFor(end)) return;
  const why = end === "" ? "its ending must tell the format" : `can't write "${end}" files`;
  throw new SettingError(`${asked}: ${why}; use one of ${writableEndings().join(", ")}`);
}

/**
 * The files of a network under a name whose ending tells the format, with what is known of it inside where the format has
 * a place for that.
 *
 * @returns files by name, the one of this name first.
 */
export function networkFiles(
  model: Module,
  path: string,
  info: NetworkInfo,
  how: ExportOptions = {},
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { input, classes } = info;
  // What describes the network needs no other description of it.
  const graph = writerFor(ending(path))?.holds === "network" ? undefined : info.graph;
  return modelFiles(model, baseName(path), {
    ...how,
    inputShape: [input.channels, input.size, input.size],
    classes,
    metadata: networkMetadata({ ...info, graph }),
  });
}
