import type { Storage } from "../storage.ts";
import type { RecordedLaunch } from "./recorder.ts";

/** From the launch that first needs a storage to the launch after which it is free (inclusive). */
export interface Lifetime {
  readonly storage: Storage;
  readonly first: number;
  readonly last: number;
}

/** A storage's place in a slot. */
export interface Tenant extends Lifetime {
  /** Bytes from the start of the slot. */
  readonly offset: number;
}

/** A buffer to be shared by storages that never want the same bytes at the same time. */
export interface Slot {
  readonly bytes: number;
  readonly tenants: Tenant[];
}

/** What WebGPU asks of every adapter for the offset of a binding. */
const ALIGNMENT = 256;

/**
 * Assigns storages to slots: largest first, each into the first slot that has room throughout its
 * lifetime ("greedy by size", Pisarchyk & Lee 2020, https://arxiv.org/abs/2001.03288). Several may
 * live side by side in one slot, unless a launch reads one and writes the other: WebGPU forbids
 * that within one buffer. What is still alive at the end (results) keeps a slot of its own.
 */
export function planMemory(
  lifetimes: Iterable<Lifetime>,
  launches: readonly RecordedLaunch[] = [],
): Slot[] {
  const slots: Slot[] = [];
  const conflicts = conflictsOf(launches);
  const bySize = [...lifetimes].sort(
    (a, b) => b.storage.bytes - a.storage.bytes || a.first - b.first,
  );
  for (const lifetime of bySize) {
    const apart = conflicts.get(lifetime.storage);
    if (isLasting(lifetime) || !placeIn(slots, lifetime, apart))
      slots.push({ bytes: aligned(lifetime.storage.bytes), tenants: [{ ...lifetime, offset: 0 }] });
  }
  return slots;
}

const isLasting = ({ last }: Lifetime): boolean => last === Number.POSITIVE_INFINITY;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Finds room in a slot. Returns whether there was any. */
function placeIn(
  slots: readonly Slot[],
  lifetime: Lifetime,
  apart: ReadonlySet<Storage> | undefined,
): boolean {
  for (const { bytes, tenants } of slots) {
    if (isLasting(tenants[0]!)) continue;
    const neighbours = tenants.filter(
      ({ first, last }) => first <= lifetime.last && lifetime.first <= last,
    );
    if (neighbours.some(({ storage }) => apart?.has(storage))) continue;
    const offset = firstGap(neighbours, aligned(lifetime.storage.bytes));
    if (offset + lifetime.storage.bytes > bytes) continue;
    tenants.push({ ...lifetime, offset });
    return true;
  }
  return false;
}

/** The first offset at which `bytes` fit between neighbours, or behind the last one. */
function firstGap(neighbours: readonly Tenant[], bytes: number): number {
  let end = 0;
  for (const { offset, storage } of [...neighbours].sort((a, b) => a.offset - b.offset)) {
    if (offset - end >= bytes) break;
    end = Math.max(end, offset + aligned(storage.bytes));
  }
  return end;
}

/** Which storages can't be in one buffer, because a launch binds both and writes one. */
function conflictsOf(launches: readonly RecordedLaunch[]): Map<Storage, Set<Storage>> {
  const found = new Map<Storage, Set<Storage>>();
  const add = (a: Storage, b: Storage) => {
    const known = found.get(a);
    if (known) known.add(b);
    else found.set(a, new Set([b]));
  };
  for (const { kernel, storages } of launches) {
    const bound = kernel.bindings.filter(({ access }) => access !== "uniform");
    storages.forEach((written, i) => {
      if (bound[i]!.access !== "read_write") return;
      for (const other of storages) {
        if (other === written) continue;
        add(written, other);
        add(other, written);
      }
    });
  }
  return found;
}
