/** What a bench run finds, as it is written to JSON. Times in seconds, sizes in bytes. */

/** Where the engines ran. */
export type Place = "chromium" | "node";

/** Several timings of the same work. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many were taken. */
  readonly runs: number;
}

/** How far a result was from what it should be. */
export interface Check {
  /** What it was compared with. */
  readonly against: string;
  /** Largest relative difference. */
  readonly error: number;
  readonly tolerance: number;
  readonly passed: boolean;
}

/** One kernel's part in a training step. */
export interface ProfileEntry {
  readonly kernel: string;
  readonly launches: number;
  readonly seconds: number;
  /** Of all tensors bound. */
  readonly bytes: number;
}

/** What is measured besides times; report/measures.ts has labels and units. */
export type MeasureName =
  | "dispatches"
  | "submits"
  | "startSeconds"
  | "buildSeconds"
  | "firstSeconds"
  | "steadySeconds"
  | "extraSeconds"
  | "peakBytes"
  | "estimatedBytes"
  | "estimateError"
  | "capturedBytes"
  | "boundBytes"
  | "launches"
  | "encodeSeconds"
  | "steps"
  | "buffersGrown"
  | "bytesGrown"
  | "stepSeconds"
  | "imagesPerSecond"
  | "plainEpochSeconds"
  | "firstEpochSeconds"
  | "laterEpochSeconds"
  | "cacheSpeedup"
  | "plainSeconds"
  | "cachedSeconds"
  | "plainEpochs"
  | "cachedEpochs"
  | "accuracy";

export type Measures = Readonly<Partial<Record<MeasureName, number>>>;

/** What an engine's error says when there was no time left for it. */
export const OUT_OF_TIME = "out of time, not run";

/** What one engine did in one row. Without `timing` or `measures` it has an `error`. */
export interface EngineResult {
  readonly engine: string;
  readonly timing?: Timing;
  readonly check?: Check;
  readonly measures?: Measures;
  /** The longest first. */
  readonly profile?: readonly ProfileEntry[];
  readonly error?: string;
}

export type Group =
  | "matmul"
  | "conv"
  | "training"
  | "cold"
  | "scaling"
  | "saving"
  | "step"
  | "fine-tune";

/** One piece of work, done by each engine. */
export interface Row {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  /** Floating-point operations of one run, convolutions counted as direct ones. */
  readonly flops?: number;
  /** Least traffic of one run: every input read and every output written once. */
  readonly bytes?: number;
  /** Images in one run. */
  readonly images?: number;
  /** Of rows with `flops`: what the adapter's multiply-adds reached meanwhile, per second, timed in turn with the engines. */
  readonly peakFlops?: number;
  readonly results: readonly EngineResult[];
}

/** What the adapter can do at best. */
export interface Ceiling {
  /** Multiply-adds counted as two operations, per second. */
  readonly flopsPerSecond: number;
  /** Bytes read plus bytes written, per second. */
  readonly bytesPerSecond: number;
  /** One dispatch of an empty kernel among many. */
  readonly dispatchSeconds: number;
  /** From submitting one empty dispatch to knowing that it is done. */
  readonly submitSeconds: number;
  /** One pipeline of middling size, compiled alone. */
  readonly compileSeconds: number;
  /** All that was tried, by name, in the unit of what it stands for. */
  readonly probes: Readonly<Record<string, number>>;
}

export interface EngineInfo {
  readonly label: string;
  readonly version: string;
  /** Gzipped bytes that a page downloads to train with it. */
  readonly downloadBytes?: number;
  /** What a software adapter adds to that. */
  readonly softwareBytes?: number;
}

export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly features: readonly string[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** The browser's version, where it ran in one. */
  readonly browser?: string;
}

/** One run of the suite on one adapter. */
export interface Run {
  readonly place: Place;
  readonly date: string;
  /** Commit of the working tree, with "+" where it was changed since. */
  readonly commit: string;
  readonly size: Size;
  /** Rows that are missing: stopped by the user, out of time, or not asked for. */
  readonly complete: boolean;
  readonly seconds: number;
  readonly machine: Machine;
  readonly adapter: Adapter;
  readonly engines: Readonly<Record<string, EngineInfo>>;
  readonly ceiling: Ceiling | null;
  readonly rows: readonly Row[];
  /** What went wrong outside of a row. */
  readonly problems: readonly string[];
}

/** How much is run: "smoke" only to see that everything runs and agrees; its times mean nothing. */
export type Size = "smoke" | "quick" | "full";
