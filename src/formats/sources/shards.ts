import { DAMAGED, type Fail, failing, printable, tensorNamed } from "../errors.ts";
import { decodeUtf8, isJsonObject, ownValue, parseJsonObject, textRecord } from "../json.ts";
import type { WeightFile, WeightReader, WeightTensor } from "../types.ts";
import { wholeOf } from "./ranges.ts";

/** The largest published models have some hundred shards. */
const MAX_SHARDS = 4096;

/**
 * Reads the files that an index (`model.safetensors.index.json`, `pytorch_model.bin.index.json`) distributes a network
 * over: `{ weight_map: { tensor: file } }`.
 *
 * @throws WeightFileError for a damaged index, a shard that is missing, and a tensor that isn't where the index says.
 */
export const readIndex: WeightReader = async (bytes, source, readShard) => {
  const fail = failing(source.name, "unknown");
  const index = parseJsonObject(decodeUtf8(wholeOf(bytes), "index", fail), "index", fail);
  const places = readPlaces(ownValue(index, "weight_map"), fail);
  const names = [...new Set(places.values())];
  if (names.length === 0 || names.length > MAX_SHARDS) {
    throw fail("weight_map", `it names ${names.length} files`, DAMAGED);
  }
  const shards = new Map<string, WeightFile>();
  for (const name of names) shards.set(name, await readShard(await source.sibling(name)));
  const tensors = new Map<string, WeightTensor>();
  for (const [name, shard] of places) {
    const tensor = shards.get(shard)?.tensors.get(name);
    if (!tensor) {
      throw fail(tensorNamed(name), `it isn't in "${printable(shard)}" as the index says`, DAMAGED);
    }
    tensors.set(name, tensor);
  }
  const files = [...shards.values()];
  return {
    format: files[0].format,
    tensors,
    metadata: textRecord(...files.map((file) => file.metadata)),
    notes: [...files.flatMap((file) => file.notes), ...unlisted(shards, places)],
  };
};

function readPlaces(map: unknown, fail: Fail): Map<string, string> {
  if (!isJsonObject(map)) throw fail("weight_map", "it is no object", DAMAGED);
  const places = new Map<string, string>();
  for (const [tensor, file] of Object.entries(map)) {
    if (typeof file !== "string") {
      throw fail("weight_map", `the file of ${tensorNamed(tensor)} is no name`, DAMAGED);
    }
    places.set(tensor, file);
  }
  return places;
}

function unlisted(
  shards: ReadonlyMap<string, WeightFile>,
  places: ReadonlyMap<string, string>,
): string[] {
  return [...shards].flatMap(([shard, { tensors }]) => {
    const extra = [...tensors.keys()].filter((name) => places.get(name) !== shard);
    if (extra.length === 0) return [];
    const count = extra.length === 1 ? "a tensor" : `${extra.length} tensors`;
    return [
      `"${printable(shard)}" holds ${count} that the index doesn't list (${printable(extra[0])})`,
    ];
  });
}
