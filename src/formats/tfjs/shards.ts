import { inSteps, type Room } from "../elements/decoding.ts";
import { decodeElements } from "../elements/dtypes.ts";
import { DAMAGED, type Fail, messageOf, printable, WeightFileError } from "../errors.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import { cut } from "../sources/ranges.ts";
import type { WeightData, WeightTensor } from "../types.ts";
import type { Affine, ManifestTensor, ShardGroup } from "./manifest.ts";

/**
 * Fetches the shards that lie beside a `model.json`.
 *
 * @returns every tensor of the manifest, in its order, decoded on demand.
 * @throws the error of `fail` naming the shard that is missing or short.
 */
export async function readShards(
  groups: readonly ShardGroup[],
  source: ByteSource,
  fail: Fail,
): Promise<WeightTensor[]> {
  const shards = await fetchAll([...new Set(groups.flatMap(({ paths }) => paths))], source, fail);
  return groups.flatMap((group) => {
    const parts = group.paths.map((path) => shards.get(path) ?? new Uint8Array(0));
    checkLength(group, parts, fail);
    return group.tensors.map((tensor) => weightTensor(tensor, parts));
  });
}

/** Small shards cost more in waiting than in bytes. */
const AT_ONCE = 8;

async function fetchAll(
  paths: readonly string[],
  source: ByteSource,
  fail: Fail,
): Promise<Map<string, Uint8Array>> {
  const shards = new Map<string, Uint8Array>();
  const queue = paths.values();
  const worker = async () => {
    for (const path of queue) shards.set(path, await fetchShard(path, source, fail));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, paths.length) }, worker));
  return shards;
}

async function fetchShard(path: string, source: ByteSource, fail: Fail): Promise<Uint8Array> {
  try {
    const shard = await source.sibling(path);
    return await shard.read();
  } catch (error) {
    // Anything else is an abort, which is the caller's own doing.
    if (!(error instanceof WeightFileError)) throw error;
    throw fail(
      shardNamed(path),
      `it can't be read (${messageOf(error)})`,
      "Put all shards beside model.json",
    );
  }
}

function shardNamed(path: string): string {
  return `shard "${printable(path)}"`;
}

/** Which shard is short can only be told by the others: TF.js cuts them all to one size but the last. */
function checkLength(group: ShardGroup, parts: readonly Uint8Array[], fail: Fail): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length === group.size) return;
  const usual = Math.max(0, ...parts.map((part) => part.length));
  const short = parts.findIndex((part, i) => part.length < usual && i < parts.length - 1);
  const path = group.paths.at(short) ?? "";
  const others =
    parts.length > 1 ? ` together with the ${parts.length - 1} others of its group` : "";
  throw fail(
    group.paths.length === 0 ? "weightsManifest" : shardNamed(path),
    `${length} bytes are there${others}, and the manifest's tensors take ${group.size}`,
    DAMAGED,
  );
}

function weightTensor(about: ManifestTensor, parts: readonly Uint8Array[]): WeightTensor {
  const { name, shape, stored, affine, isInteger, start, size } = about;
  const read = (room: Room) =>
    decodeElements(
      stored,
      cut(parts, start, start + size, (bytes) => new Uint8Array(room.take(bytes), 0, bytes)),
      room,
    );
  if (!affine) return { name, shape, dtype: stored, data: inSteps(() => read) };
  const data = inSteps(() => (room) => dequantized(read(room), affine, isInteger, room));
  return { name, shape, dtype: isInteger ? "i32" : "f32", data };
}

function dequantized(
  stored: WeightData,
  { scale, min }: Affine,
  isInteger: boolean,
  room: Room,
): WeightData {
  const type = isInteger ? Int32Array : Float32Array;
  const values = new type(room.take(4 * stored.length), 0, stored.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(stored[i]) * scale + min;
    values[i] = isInteger ? Math.round(value) : value;
  }
  return values;
}
