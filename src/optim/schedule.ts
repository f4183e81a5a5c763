import type { Optimizer } from "./optimizer.ts";

/** What a schedule sets the rates of. */
export type Scheduled = Optimizer<{ lr: number } & object>;

/** Plain data, for checkpoints. */
export interface ScheduleState {
  count: number;
  /** Each group's rate at the start (OneCycleLR: at the peak). */
  initial: readonly number[];
}

/**
 * Sets each group's learning rate from its initial one, at construction and at every `step()`.
 * The rate reaches captured steps too: it is a parameter that replay refreshes.
 */
export abstract class Schedule {
  /** Its class's name, whatever a bundler makes of that: a checkpoint goes on with the same one. */
  abstract readonly name: string;
  initial: readonly number[];
  /** Steps taken so far. */
  count = 0;
  /** When Trainer calls `step()`. */
  readonly interval: "step" | "epoch" = "epoch";

  /** Whether it goes by rates of its own, rather than by those that the groups began with. */
  declare readonly setsRates?: boolean;

  /** How many steps it is planned for; no end where that isn't said. */
  get totalSteps(): number {
    return Number.POSITIVE_INFINITY;
  }

  constructor(protected readonly optimizer: Scheduled) {
    this.initial = optimizer.groups.map(({ lr }) => lr);
  }

  /** The learning rate after `count` steps of a group that began with `initial`. */
  abstract rate(count: number, initial: number, group: number): number;

  /** Call once an epoch, or once a step for schedules that are given in steps. */
  step(): void {
    this.count++;
    this.apply();
  }

  /** Takes the last `step()` back: the optimizer's step was skipped. */
  stepBack(): void {
    this.count = Math.max(0, this.count - 1);
    this.apply();
  }

  protected apply(): void {
    const { groups } = this.optimizer;
    // A group that was added since starts from the rate it came with.
    const added = groups.slice(this.initial.length).map(({ lr }) => lr);
    if (added.length > 0) this.initial = [...this.initial, ...added];
    groups.forEach((group, i) => {
      group.lr = this.rate(this.count, this.initial[i]!, i);
    });
  }

  stateDict(): ScheduleState {
    return { count: this.count, initial: this.initial };
  }

  /** @throws Error for what is no state of such a schedule; nothing is changed then. */
  loadStateDict(state: unknown): void {
    const { count, initial } = Object(state) as Partial<ScheduleState>;
    const rates = Array.isArray(initial) && initial.every((rate) => typeof rate === "number");
    if (!Number.isInteger(count) || !rates)
      throw new Error(`${this.name}: the saved state must have a count and initial rates`);
    this.count = count!;
    this.initial = initial;
    this.apply();
  }
}

/** Sets the momentum of every group, or Adam's first beta. */
export function setMomentum(optimizer: Scheduled, momentum: number): void {
  const groups: { lr: number; momentum?: number; betas?: readonly [number, number] }[] =
    optimizer.groups;
  for (const group of groups) {
    if (group.betas) group.betas = [momentum, group.betas[1]];
    else group.momentum = momentum;
  }
}
