import type { ReduceLROnPlateau, Schedule } from "../../optim/index.ts";

export type Scheduling =
  | Schedule
  | ReduceLROnPlateau
  | { schedule: Schedule; every: "step" | "epoch" };

/** What all schedules have in common, and what only some have. */
interface Steps {
  readonly name: string;
  readonly interval: "step" | "epoch";
  /** Steps taken so far, and how many it is planned for. */
  readonly count?: number;
  readonly totalSteps?: number;
  step(value: number): void;
  stepBack?(): void;
  stateDict(): unknown;
  loadStateDict(state: unknown): void;
}

/** A schedule as the training loop drives it. */
export class AdaptedSchedule {
  readonly #schedule: Steps;
  readonly #every: "step" | "epoch";

  constructor(schedule: Steps, every: "step" | "epoch") {
    this.#schedule = schedule;
    this.#every = every;
  }

  /** The name of its class: a checkpoint goes on with a schedule of the same class only. */
  get name(): string {
    return this.#schedule.name;
  }

  afterStep(): void {
    if (this.#every === "step") this.#schedule.step(Number.NaN);
  }

  /** Takes a step back: the update before it was skipped, because half-precision gradients overflowed. */
  takeBackStep(): void {
    if (this.#every === "step") this.#schedule.stepBack?.();
  }

  /** @param loss the validation loss, or the training loss where there is no validation set. */
  afterEpoch(loss: number): void {
    if (this.#every === "epoch") this.#schedule.step(loss);
  }

  /** @throws Error when it is planned for fewer than this many more steps or epochs. */
  checkPlan(steps: number, epochs: number): void {
    const { name, count = 0, totalSteps = Number.POSITIVE_INFINITY } = this.#schedule;
    const planned = this.#every === "step" ? steps : epochs;
    if (planned <= totalSteps - count) return;
    throw new Error(
      `fit: ${name} is planned for ${totalSteps} ${this.#every}s, of which ${count} are over; this run takes ${planned} ` +
        "more. Make it for all of them (totalSteps), or begin anew in a new Trainer",
    );
  }

  stateDict(): unknown {
    return this.#schedule.stateDict();
  }

  loadStateDict(state: unknown): void {
    this.#schedule.loadStateDict(state);
  }
}

/** @throws Error for what is no schedule. */
export function adaptSchedule(given: Scheduling | undefined): AdaptedSchedule | null {
  if (!given) return null;
  if (typeof given !== "object") throw new Error("Trainer: schedule must be one of optim");
  return "schedule" in given
    ? new AdaptedSchedule(given.schedule, given.every)
    : new AdaptedSchedule(given, given.interval);
}
