import type { Engine, Work } from "../engines/engine.ts";
import type { Check, Group, Measures, ProfileEntry, Size } from "../types.ts";

interface Described {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  /** Engines that take part; every one unless given. */
  readonly engines?: readonly string[];
  /** A feature of the adapter without which there is nothing to measure: the row stays empty. */
  readonly feature?: string;
  /** Gets a browser (a process) of its own for each engine, where nothing has been compiled or allocated yet. */
  readonly fresh?: boolean;
}

/** The same work by each engine in turn, timed. */
export interface TimedWorkload extends Described {
  readonly kind: "timed";
  readonly flops?: number;
  readonly bytes?: number;
  readonly images?: number;
  prepare(engine: Engine): Promise<Work>;
  /** How many runs a result takes before it can be checked. */
  readonly checkAfter: number;
  /** Judges each engine's result. Called before any time counts. */
  check(results: ReadonlyMap<string, ArrayLike<number>>): Promise<Map<string, Check>>;
}

/** Numbers that come out of more than running the same thing again. */
export interface MeasuredWorkload extends Described {
  readonly kind: "measured";
  measure(engine: Engine, context: MeasureContext): Promise<Measured>;
}

export interface MeasureContext {
  readonly size: Size;
  /** Seconds that loading the engine and taking a device took. */
  readonly startSeconds: number;
  /** Counts what the engine's device does. Null for engines that don't use WebGPU. */
  readonly meter: Meter | null;
  /** Where the weights that come with Graft are: a URL or a path that ends in "/". */
  readonly assets: string;
  /** Says what is going on. */
  readonly say: (text: string) => void;
}

export interface Measured {
  readonly measures: Measures;
  readonly check?: Check;
  readonly profile?: readonly ProfileEntry[];
}

export type Workload = TimedWorkload | MeasuredWorkload;

/** GPU work as the browser sees it, whatever the library. */
export interface Meter {
  readonly counts: Readonly<MeterCounts>;
  /** Forgets the peak so far. */
  resetPeak(): void;
}

export interface MeterCounts {
  /** Buffers that exist and their bytes. */
  buffers: number;
  bytes: number;
  peakBytes: number;
  /** Since the start. */
  dispatches: number;
  submits: number;
}
