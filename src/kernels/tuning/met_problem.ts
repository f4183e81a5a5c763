import type { NDArray } from "../array.ts";

/** One way to compute a problem that is to be measured. */
export interface Trial {
  readonly label: string;
  run(): NDArray;
}

/** A problem that was met and not measured yet. */
export interface MetProblem {
  readonly operation: string;
  readonly shape: string;
  /** Its most promising choices, ready to run, until `stop`. */
  start(): { readonly trials: readonly Trial[]; stop(): void };
}
