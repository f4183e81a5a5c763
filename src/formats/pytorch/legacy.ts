import { DAMAGED, type Fail, printable } from "../errors.ts";
import { unpickle } from "../pickle/unpickle.ts";
import type { PickleHost, PickleValue } from "../pickle/values.ts";
import { torchGlobal } from "./globals.ts";
import { type StorageReference, storageReference } from "./persistent.ts";
import { StorageValue } from "./tensor_value.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** A storage that the value refers to, before its bytes are reached. */
interface Slot {
  readonly references: StorageReference[];
  bytes?: Uint8Array;
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
export function readLegacyTorch(bytes: Uint8Array, fail: Fail): PickleValue {
  const slots = new Map<string, Slot>();
  const host = legacyHost(slots, fail);
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = unpickle(bytes, at, host, fail);
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
  readStorages(bytes.subarray(at), keys, slots, fail);
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
      const start = view.offset * type.size;
      const bytes = () =>
        (slot.bytes ?? new Uint8Array(0)).subarray(start, start + view.count * type.size);
      return new StorageValue(type, view.count, bytes, false);
    },
  };
}

/** Hands out the elements, and checks that every storage got as many as the value counts on. */
function readStorages(
  data: Uint8Array,
  keys: readonly PickleValue[],
  slots: ReadonlyMap<string, Slot>,
  fail: Fail,
): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  for (const key of keys) {
    const slot = typeof key === "string" ? slots.get(key) : undefined;
    if (!slot || slot.bytes) throw fail("storages", "their list doesn't fit the tensors", DAMAGED);
    if (at + 8 > data.length) throw fail("storages", "they are cut off", DAMAGED);
    const count = Number(view.getBigUint64(at, true));
    const end = at + 8 + count * slot.references[0].type.size;
    if (end > data.length) throw fail(named(String(key)), "its elements are cut off", DAMAGED);
    slot.bytes = data.subarray(at + 8, end);
    at = end;
  }
  for (const [key, { bytes, references }] of slots) {
    const needed = Math.max(...references.map(({ count, type }) => count * type.size));
    if (!bytes || bytes.length < needed) {
      throw fail(named(key), `it has ${bytes?.length ?? 0} of ${needed} bytes`, DAMAGED);
    }
  }
}

function named(key: string): string {
  return `storage "${printable(key)}"`;
}
