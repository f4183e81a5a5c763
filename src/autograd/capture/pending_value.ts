import type { Storage } from "../../gpu/index.ts";
import { NDArray, type StorageSource } from "../../kernels/index.ts";
import type { PlannedOp } from "../definition.ts";
import type { Node } from "../node.ts";

/** What runs ops that wait: a program. */
interface Runner {
  /** Has the value computed if its turn hasn't come. */
  compute(value: PendingValue): void;
  /** Runs one op. */
  lower(planned: PlannedOp): void;
}

/** What an op gives that was applied but hasn't run. */
export class PendingValue implements StorageSource {
  planned: PlannedOp | null = null;
  #out: NDArray | null = null;
  #node: Node | null = null;
  /** What its op reads, where another op took it in: computed later, it must come out the same. */
  #read: readonly Version[] = [];

  constructor(private program: Runner | null) {}

  get isComputed(): boolean {
    return this.#out !== null;
  }

  get storage(): Storage {
    return this.#compute().storage;
  }

  get node(): Node | null {
    this.#compute();
    return this.#node;
  }

  set(out: NDArray, node: Node | null): void {
    this.#out = out;
    this.#node = node;
  }

  /** Another op computes what this one is needed for. */
  bypass(): void {
    if (this.planned) this.#read = versionsOf(this.planned);
  }

  /** Gives up what it holds for others. */
  close(): void {
    this.program = null;
    this.planned = null;
    this.#out?.release();
  }

  #compute(): NDArray {
    if (!this.#out) this.program?.compute(this);
    if (this.#out) return this.#out;
    if (!this.planned) throw new Error("this tensor belongs to a recording that is over");
    if (this.#read.some(({ storage, version }) => storage.version !== version))
      throw new FusedAway();
    this.program?.lower(this.planned);
    return this.#out!;
  }
}

/** A value is asked for that was fused away, and what it is computed from has changed since. */
export class FusedAway extends Error {
  override readonly name = "FusedAway";
}

interface Version {
  readonly storage: Storage;
  readonly version: number;
}

/** Of the memory that an op reads, as far as it is there. */
function versionsOf({ arrays, attributes }: PlannedOp): Version[] {
  const more = Object.values(Object(attributes)).filter((value) => value instanceof NDArray);
  const there = [...arrays, ...more].filter(({ isThere }) => isThere);
  return there.map(({ storage }) => ({ storage, version: storage.version }));
}
