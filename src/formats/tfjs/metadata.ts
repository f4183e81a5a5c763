import { isJsonObject, type JsonObject, ownValue, textRecord } from "../json.ts";

/** The texts that a `model.json` carries about itself and its model. */
export function metadataOf(json: JsonObject): Record<string, string> {
  const metadata = textRecord();
  const topology = ownValue(json, "modelTopology");
  const user = ownValue(json, "userDefinedMetadata");
  const places: readonly [unknown, readonly string[]][] = [
    [json, ["format", "generatedBy", "convertedBy"]],
    [topology, ["keras_version", "backend"]],
    [user, isJsonObject(user) ? Object.keys(user) : []],
  ];
  for (const [place, keys] of places) {
    if (!isJsonObject(place)) continue;
    for (const key of keys) {
      const value = ownValue(place, key);
      if (typeof value === "string") metadata[key] = value;
    }
  }
  return metadata;
}

/** Class names, where whoever saved the model put them into its user-defined metadata. */
export function classNames(json: JsonObject): readonly string[] | undefined {
  const user = ownValue(json, "userDefinedMetadata");
  if (!isJsonObject(user)) return undefined;
  for (const key of ["classes", "classNames", "class_names", "labels"]) {
    const names = ownValue(user, key);
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  }
  return undefined;
}
