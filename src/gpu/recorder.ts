import type { Kernel } from "./kernel.ts";
import type { Params } from "./params.ts";
import type { Storage } from "./storage.ts";
import type { Groups } from "./stream.ts";

/** Parameters fixed at launch, or a function asked again at every replay. */
export type LaunchParams = Params | (() => Params);

export interface RecordedLaunch {
  readonly kernel: Kernel;
  /** In the order of the kernel's storage bindings. */
  readonly storages: readonly Storage[];
  readonly params: LaunchParams;
  readonly groups: Groups;
}

/** From the launch that first needs a storage to the launch after which it is free (inclusive). */
export interface Lifetime {
  readonly storage: Storage;
  readonly first: number;
  last: number;
}

/**
 * What a step launches, without running it. Storages made while recording have no memory yet;
 * their lifetimes say which may share a buffer.
 */
export class Recorder {
  readonly launches: RecordedLaunch[] = [];
  readonly lifetimes = new Map<Storage, Lifetime>();
  /** Storages from outside (parameters, inputs, constants), held while the step may run. */
  readonly externals = new Set<Storage>();
  /** Run at the start of every replay: step counts, random counters. */
  readonly hooks: (() => void)[] = [];

  onAllocate(storage: Storage): void {
    this.lifetimes.set(storage, {
      storage,
      first: this.launches.length,
      last: Number.POSITIVE_INFINITY,
    });
  }

  onFree(storage: Storage): void {
    const lifetime = this.lifetimes.get(storage);
    if (lifetime && lifetime.last === Number.POSITIVE_INFINITY)
      lifetime.last = this.launches.length - 1;
  }

  record(launch: RecordedLaunch): void {
    for (const storage of launch.storages) {
      if (!this.lifetimes.has(storage) && !this.externals.has(storage))
        this.externals.add(storage.retain());
    }
    this.launches.push(launch);
  }

  releaseExternals(): void {
    for (const storage of this.externals) storage.release();
    this.externals.clear();
  }
}

/** A buffer to be shared by storages whose lifetimes don't overlap. */
export interface Slot {
  bytes: number;
  readonly tenants: Lifetime[];
}

/**
 * Assigns storages to slots: largest first, each into the first slot that is free throughout its
 * lifetime ("greedy by size", Pisarchyk & Lee 2020, https://arxiv.org/abs/2001.03288). What is
 * still alive at the end (results) keeps a slot of its own.
 */
export function planMemory(lifetimes: Iterable<Lifetime>): Slot[] {
  const slots: Slot[] = [];
  const bySize = [...lifetimes].sort(
    (a, b) => b.storage.bytes - a.storage.bytes || a.first - b.first,
  );
  for (const lifetime of bySize) {
    const lasting = lifetime.last === Number.POSITIVE_INFINITY;
    const slot = lasting ? undefined : slots.find((candidate) => isFree(candidate, lifetime));
    if (slot) slot.tenants.push(lifetime);
    else slots.push({ bytes: lifetime.storage.bytes, tenants: [lifetime] });
  }
  return slots;
}

function isFree(slot: Slot, wanted: Lifetime): boolean {
  return slot.tenants.every(
    (tenant) =>
      tenant.last !== Number.POSITIVE_INFINITY &&
      (tenant.last < wanted.first || wanted.last < tenant.first),
  );
}
