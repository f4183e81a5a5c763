import { isJsonObject, type JsonObject, ownValue, textRecord, textsIn } from "../json.ts";

/** The texts that a `model.json` carries about itself and its model. */
export function metadataOf(json: JsonObject): Record<string, string> {
  const topology = ownValue(json, "modelTopology");
  const user = ownValue(json, "userDefinedMetadata");
  const picked = (place: unknown, ...keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [key, ownValue(place, key)]));
  return textRecord(
    picked(json, "format", "generatedBy", "convertedBy"),
    picked(topology, "keras_version", "backend"),
    isJsonObject(user) ? user : {},
  );
}

/** Class names, where whoever saved the model put them into its user-defined metadata. */
export function classNames(json: JsonObject): readonly string[] | undefined {
  const user = ownValue(json, "userDefinedMetadata");
  const places = ["classes", "classNames", "class_names", "labels"];
  return places.map((key) => textsIn(ownValue(user, key))).find((names) => names !== undefined);
}
