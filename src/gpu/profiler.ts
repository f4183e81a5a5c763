import type { Kernel } from "./kernel.ts";

export interface ProfileRow {
  kernel: string;
  key: string;
  launches: number;
  bytes: number;
}

/**
 * Counts launches and bytes bound per kernel. Attach with `device.profiler = new Profiler()`.
 * Times come from repeated dispatches (bench/), since browsers round timestamps.
 */
export class Profiler {
  #rows = new Map<string, ProfileRow>();

  /** Counts one launch. */
  note(kernel: Kernel, buffers: readonly GPUBuffer[]): void {
    let row = this.#rows.get(kernel.key);
    if (!row) {
      row = { kernel: kernel.name, key: kernel.key, launches: 0, bytes: 0 };
      this.#rows.set(kernel.key, row);
    }
    row.launches++;
    for (const buffer of buffers) row.bytes += buffer.size;
  }

  /** Most launches first. */
  rows(): ProfileRow[] {
    return [...this.#rows.values()].sort((a, b) => b.launches - a.launches);
  }
}
