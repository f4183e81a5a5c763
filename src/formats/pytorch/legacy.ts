import { DAMAGED, type Fail, printable } from "../errors.ts";
import { unpickle } from "../pickle/unpickle.ts";
import type { PickleHost, PickleValue } from "../pickle/values.ts";
import { type ByteRanges, type Bytes, partOf, rangesOf, viewOf } from "../sources/ranges.ts";
import { torchGlobal } from "./globals.ts";
import { type StorageReference, storageReference } from "./persistent.ts";
import { StorageValue } from "./tensor_value.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** A storage that the value refers to, before its bytes are reached. */
interface Slot {
  readonly references: StorageReference[];
  file?: ByteRanges;
}

/**
 * Unpickles a checkpoint of PyTorch before 1.6: pickles of a magic number, protocol, system, value and list of
 * storage keys, then for each key a count and the elements.
 *
 * The elements are little-endian on every system: the old writer swapped them where needed, whatever the third
 * pickle says of the system.
 *
 * @throws the error of `fail` for a damaged file, and for globals other than tensors and containers.
 */
export function readLegacyTorch(bytes: Bytes, fail: Fail): PickleValue {
  const file = rangesOf(bytes);
  const slots = new Map<string, Slot>();
  const host = legacyHost(slots, fail);
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = unpickle(file, at, host, fail);
    at = end;
    return value;
  };
  if (next() !== MAGIC) {
    throw fail("pickle", "it isn't one that torch.save wrote", "Save the tensors with torch.save");
  }
  const protocol = next();
  if (protocol !== PROTOCOL) throw fail("pickle", "its protocol of torch.save is unknown", DAMAGED);
  next();
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw fail("pickle", "its list of storages is missing", DAMAGED);
  readStorages(partOf(file, at, file.size), keys, slots, fail);
  return value;
}

function legacyHost(slots: Map<string, Slot>, fail: Fail): PickleHost {
  return {
    global: (module, name) => torchGlobal(module, name, fail),
    persistent(id) {
      const reference = storageReference(id, fail);
      const { type, key, count, view = { offset: 0, count } } = reference;
      const slot = slots.get(key) ?? { references: [] };
      slots.set(key, slot);
      slot.references.push(reference);
      const file = {
        size: view.count * type.size,
        read(start: number, end: number) {
          const skipped = view.offset * type.size;
          return slot.file?.read(skipped + start, skipped + end) ?? new Uint8Array(0);
        },
      };
      return new StorageValue(type, view.count, file, false);
    },
  };
}

/** Hands out the elements, and checks that every storage got as many as the value counts on. */
function readStorages(
  data: ByteRanges,
  keys: readonly PickleValue[],
  slots: ReadonlyMap<string, Slot>,
  fail: Fail,
): void {
  let at = 0;
  for (const key of keys) {
    const slot = typeof key === "string" ? slots.get(key) : undefined;
    if (!slot || slot.file) throw fail("storages", "their list doesn't fit the tensors", DAMAGED);
    if (at + 8 > data.size) throw fail("storages", "they are cut off", DAMAGED);
    const count = Number(viewOf(data.read(at, at + 8)).getBigUint64(0, true));
    const end = at + 8 + count * slot.references[0].type.size;
    if (end > data.size) throw fail(named(String(key)), "its elements are cut off", DAMAGED);
    slot.file = partOf(data, at + 8, end);
    at = end;
  }
  for (const [key, { file, references }] of slots) {
    const needed = Math.max(...references.map(({ count, type }) => count * type.size));
    if (!file || file.size < needed) {
      throw fail(named(key), `it has ${file?.size ?? 0} of ${needed} bytes`, DAMAGED);
    }
  }
}

function named(key: string): string {
  return `storage "${printable(key)}"`;
}
