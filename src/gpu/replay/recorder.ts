import { runNow, Variable } from "../context.ts";
import type { Kernel } from "../kernel.ts";
import type { Params } from "../params.ts";
import { type Storage, type StorageLog, storageLog } from "../storage.ts";
import type { Groups } from "../stream.ts";

/** Parameters fixed at launch, or a function asked again at every replay. */
export type LaunchParams = Params | (() => Params);

export interface RecordedLaunch {
  readonly kernel: Kernel;
  /** In the order of the kernel's storage bindings. */
  readonly storages: readonly Storage[];
  readonly params: LaunchParams;
  readonly groups: Groups;
}

/** Storages that stay until `release`, each held once. */
export class HeldStorages {
  readonly #all = new Set<Storage>();

  hold(storage: Storage): void {
    if (!this.#all.has(storage)) this.#all.add(storage.retain());
  }

  has(storage: Storage): boolean {
    return this.#all.has(storage);
  }

  [Symbol.iterator](): Iterator<Storage> {
    return this.#all.values();
  }

  release(): void {
    for (const storage of this.#all) storage.release();
    this.#all.clear();
  }
}

/**
 * What a step launches, without running it. Storages made while recording have no memory yet: when they are needed says
 * which may share a buffer.
 */
export class Recorder implements StorageLog {
  readonly launches: RecordedLaunch[] = [];
  /** Storages made while recording. */
  readonly made = new Set<Storage>();
  /** Storages from outside (parameters, inputs, constants), held while the step may run. */
  readonly externals = new HeldStorages();
  /** Run at the start of every replay: step counts, random counters. */
  readonly hooks: (() => void)[] = [];
  /** Called before each launch. */
  beforeLaunch: (() => void) | null = null;

  /** @param inputs what is other in each run; everything else from outside that no launch writes counts as constant. */
  constructor(readonly inputs: ReadonlySet<Storage> = new Set()) {}

  /** Runs `fn` and records what it launches. */
  record<R>(fn: () => R): R {
    return runNow([storageLog.as(this), recorder.as(this)], fn);
  }

  onAllocate(storage: Storage): void {
    this.made.add(storage);
  }

  onLaunch(launch: RecordedLaunch): void {
    this.beforeLaunch?.();
    for (const storage of launch.storages)
      if (!this.made.has(storage)) this.externals.hold(storage);
    for (const storage of writtenBy(launch)) storage.version++;
    this.launches.push(launch);
  }
}

/** Takes launches and forgets them: for finding out what they would give. */
export class Sketch extends Recorder {
  override onAllocate(): void {}
  override onLaunch(): void {}
}

/** What a launch writes, or reads and writes. */
export function writtenBy({ kernel, storages }: RecordedLaunch): Storage[] {
  const bound = kernel.bindings.filter(({ access }) => access !== "uniform");
  return storages.filter((_, i) => bound[i]!.access === "read_write");
}

const recorder = new Variable<Recorder | null>(null);

/** What records the launches made now; null where they run. */
export function currentRecorder(): Recorder | null {
  return recorder.value;
}

/** Runs `fn` now even while a step is being recorded. */
export function unrecorded<R>(fn: () => R): R {
  if (!recorder.value) return fn();
  return runNow([storageLog.as(null), recorder.as(null)], fn);
}
