import { runNow, Variable } from "./context.ts";
import type { Kernel } from "./kernel.ts";
import type { Params } from "./params.ts";
import { type Storage, type StorageLog, storageLog } from "./storage.ts";
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
export class Recorder implements StorageLog {
  readonly launches: RecordedLaunch[] = [];
  readonly lifetimes = new Map<Storage, Lifetime>();
  /** Storages from outside (parameters, inputs, constants), held while the step may run. */
  readonly externals = new Set<Storage>();
  /** Those of them that aren't expected to change from run to run, such as frozen weights. */
  readonly constants = new Set<Storage>();
  /** Run at the start of every replay: step counts, random counters. */
  readonly hooks: (() => void)[] = [];

  /** Runs `fn` and records what it launches. */
  record<R>(fn: () => R): R {
    return runNow([storageLog.as(this), recording.as(this)], fn);
  }

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

  onLaunch(launch: RecordedLaunch): void {
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

const recording = new Variable<Recorder | null>(null);

/** What records the launches made now; null where they run. */
export function currentRecorder(): Recorder | null {
  return recording.value;
}

/** Runs `fn` now even while a step is being recorded. */
export function unrecorded<R>(fn: () => R): R {
  if (!recording.value) return fn();
  return runNow([storageLog.as(null), recording.as(null)], fn);
}
