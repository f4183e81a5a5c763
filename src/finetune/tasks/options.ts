import type { WeightSource } from "../../formats/index.ts";

export interface TaskOptions {
  /** Raise it to stop. */
  readonly signal?: AbortSignal;
  /** The network that is meant where the settings name none: see `assets/letters.safetensors`. */
  readonly builtin?: WeightSource;
}
