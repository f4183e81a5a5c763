import { requireWord } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import type { Optimizer } from "./optimizer.ts";

export interface PlateauOptions {
  mode?: "min" | "max";
  factor?: number;
  patience?: number;
  /** Relative improvement that counts. */
  threshold?: number;
  minLr?: number;
  cooldown?: number;
}

/** Plain data, for checkpoints. */
export interface PlateauState {
  /** null before the first step. */
  best: number | null;
  bad: number;
  cooling: number;
}

const worst = ({ mode }: PlateauOptions) =>
  mode === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;

/** Multiplies learning rates by `factor` when a watched value stops improving for `patience` steps. */
export class ReduceLROnPlateau {
  readonly name = "ReduceLROnPlateau";
  /** When Trainer calls `step(value)`. */
  readonly interval = "epoch";
  #best: number;
  #bad = 0;
  #cooling = 0;

  constructor(
    private readonly optimizer: Optimizer<{ lr: number } & object>,
    readonly options: PlateauOptions = {},
  ) {
    const known = ["mode", "factor", "patience", "threshold", "minLr", "cooldown"];
    checkOptions("ReduceLROnPlateau", options, known);
    requireWord("ReduceLROnPlateau", "mode", options.mode ?? "min", ["min", "max"]);
    this.#best = worst(options);
  }

  /** @param value the watched loss or score of this epoch. */
  step(value: number): void {
    const { factor = 0.1, patience = 10, minLr = 0, cooldown = 0 } = this.options;
    if (this.#improves(value)) {
      this.#best = value;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= patience) return;
    for (const group of this.optimizer.groups) group.lr = Math.max(minLr, group.lr * factor);
    this.#cooling = cooldown;
    this.#bad = 0;
  }

  #improves(value: number): boolean {
    const { mode = "min", threshold = 1e-4 } = this.options;
    return mode === "min"
      ? value < this.#best * (1 - threshold)
      : value > this.#best * (1 + threshold);
  }

  stateDict(): PlateauState {
    // JSON, which checkpoints are written as, has no infinity.
    const best = Number.isFinite(this.#best) ? this.#best : null;
    return { best, bad: this.#bad, cooling: this.#cooling };
  }

  /** @throws Error for what is no state of such a schedule; nothing is changed then. */
  loadStateDict(state: unknown): void {
    const { best, bad, cooling } = Object(state) as Partial<PlateauState>;
    const valid = best === null || typeof best === "number";
    if (!valid || typeof bad !== "number" || typeof cooling !== "number")
      throw new Error(`${this.name}: the saved state must have best, bad and cooling`);
    this.#best = best ?? worst(this.options);
    this.#bad = bad;
    this.#cooling = cooling;
  }
}
