import { type Fail, failing, listed, WeightFileError } from "../errors.ts";
import { decodeUtf8, isJsonObject, type JsonObject, ownValue, parseJsonObject } from "../json.ts";
import type { ByteSource } from "../sources/byte_source.ts";

// Before it had one file for both, Keras saved the network as JSON (`model.to_json()`) and the weights beside it
// (`model.save_weights(path)`), under any two names: "model.json" and "weights.h5", "lenet.json" and "lenet_weights.h5".

/** A network described as JSON, and the file's name. */
export interface DescribedNetwork {
  readonly name: string;
  readonly config: JsonObject;
}

/**
 * Finds the weights that belong to a JSON file: those of a related name, or else the only ones beside it.
 *
 * @throws the error of `fail` when there are none or several.
 */
export async function weightsBeside(source: ByteSource, fail: Fail): Promise<ByteSource> {
  const all = ((await source.siblings?.()) ?? []).filter((name) => /\.(h5|hdf5)$/i.test(name));
  const related = all.filter((name) => areRelated(name, source.name));
  const [name, ...others] = related.length > 0 ? related : all;
  if (name !== undefined && others.length === 0) return source.sibling(name);
  throw fail(
    "",
    name === undefined
      ? "it describes a Keras network, and no weights (.h5) lie beside it"
      : `it describes a Keras network, and several weights could be meant: ${listed([name, ...others])}`,
    'Pass both files together: { "model.json": …, "weights.h5": … }',
  );
}

/** The network that lies as JSON beside weights and has a related name, if there is one. */
export async function networkBeside(source: ByteSource): Promise<DescribedNetwork | undefined> {
  // Where nothing can be listed there is nothing to be found; the weights can be read all the same.
  const names = (await source.siblings?.().catch(() => [])) ?? [];
  const related = names.filter((name) => /\.json$/i.test(name) && areRelated(name, source.name));
  const found: DescribedNetwork[] = [];
  for (const name of related) {
    const config = await readConfig(await source.sibling(name));
    if (config) found.push({ name, config });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Undefined for a JSON file of another kind. */
async function readConfig(source: ByteSource): Promise<JsonObject | undefined> {
  const fail = failing(source.name, "unknown");
  try {
    const json = parseJsonObject(decodeUtf8(await source.read(), "JSON", fail), "JSON", fail);
    return isNetwork(json) ? json : undefined;
  } catch (error) {
    if (error instanceof WeightFileError) return undefined;
    throw error;
  }
}

function isNetwork(json: JsonObject): boolean {
  return typeof ownValue(json, "class_name") === "string" && isJsonObject(ownValue(json, "config"));
}

function areRelated(one: string, other: string): boolean {
  return stem(one) === stem(other);
}

/** The name without its folder. */
export function fileName(path: string): string {
  return path.replace(/^.*[/\\]/s, "");
}

/** What two names have in common: "lenet" of "lenet_weights.h5", nothing of "model.json" and "weights.h5". */
function stem(path: string): string {
  const name = fileName(path).replace(/\.\w+$/, "");
  return name.toLowerCase().replace(/((^|[-_. ])(weights?|model|arch(itecture)?|config))+$/, "");
}
