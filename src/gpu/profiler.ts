import type { Kernel } from "./kernel.ts";
import { PassTimer } from "./pass_timer.ts";

/** What one kernel took. */
export interface ProfileRow {
  kernel: string;
  /** The kernel with its constants. */
  key: string;
  launches: number;
  /** Of the memory bound, read or written or not. */
  bytes: number;
  /** Time on the GPU, where the adapter has timestamps; else null. */
  milliseconds: number | null;
}

/**
 * Counts launches, bytes and, where the adapter has `timestamp-query`, time per kernel, eager or
 * replayed. Attach with `device.profiler = new Profiler()`, detach with null.
 *
 * Timed launches run in passes of their own, which costs time between them. Browsers round
 * timestamps to some 0.1 ms: short kernels need many launches.
 *
 * @example
 * device.profiler = new ops.Profiler(); step(x, y); await device.profiler.settle();
 * console.table(device.profiler.rows());
 */
export class Profiler {
  #rows = new Map<string, ProfileRow>();
  #timer: PassTimer | null = null;
  readonly #wantTimes: boolean;

  /** @param options timestamps: false only counts, and leaves passes as they are. */
  constructor(options: { timestamps?: boolean } = {}) {
    this.#wantTimes = options.timestamps ?? true;
  }

  /** Called when the profiler is attached. */
  timerFor(device: { gpu: GPUDevice; features: ReadonlySet<string> }): PassTimer | null {
    if (!this.#wantTimes || !device.features.has("timestamp-query")) return null;
    this.#timer ??= new PassTimer(device.gpu, (kernel, milliseconds) => {
      const row = this.#row(kernel);
      row.milliseconds = (row.milliseconds ?? 0) + milliseconds;
    });
    return this.#timer;
  }

  /** Counts one launch and the bytes that it binds. */
  note(kernel: Kernel, bytes: number): void {
    const row = this.#row(kernel);
    row.launches++;
    row.bytes += bytes;
  }

  /** Resolves when all submitted launches are done and timed. */
  async settle(): Promise<void> {
    await this.#timer?.settle();
  }

  /** Longest first; without times, most launches first. */
  rows(): ProfileRow[] {
    const weight = ({ milliseconds, launches }: ProfileRow) => milliseconds ?? launches;
    return [...this.#rows.values()].sort((a, b) => weight(b) - weight(a));
  }

  /** Sums over all kernels. */
  totals(): Omit<ProfileRow, "kernel" | "key"> {
    const rows = this.rows();
    const sum = (of: (row: ProfileRow) => number) => rows.reduce((all, row) => all + of(row), 0);
    const timed = rows.some(({ milliseconds }) => milliseconds !== null);
    return {
      launches: sum(({ launches }) => launches),
      bytes: sum(({ bytes }) => bytes),
      milliseconds: timed ? sum(({ milliseconds }) => milliseconds ?? 0) : null,
    };
  }

  #row({ key, name }: Kernel): ProfileRow {
    let row = this.#rows.get(key);
    if (!row) {
      row = { kernel: name, key, launches: 0, bytes: 0, milliseconds: null };
      this.#rows.set(key, row);
    }
    return row;
  }
}
