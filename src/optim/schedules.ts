import type { Optimizer } from "./optimizer.ts";

type Scheduled = Optimizer<{ lr: number } & object>;

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
abstract class Schedule {
  initial: readonly number[];
  /** Steps taken so far. */
  count = 0;
  /** When Trainer calls `step()`. */
  readonly interval: "step" | "epoch" = "epoch";

  constructor(protected readonly optimizer: Scheduled) {
    this.initial = optimizer.groups.map(({ lr }) => lr);
  }

  /** The learning rate after `count` steps of a group that began with `initial`. */
  abstract rate(count: number, initial: number): number;

  /** Call once an epoch, or once a step for schedules that are given in steps. */
  step(): void {
    this.count++;
    this.apply();
  }

  protected apply(): void {
    const { groups } = this.optimizer;
    // A group that was added since starts from the rate it came with.
    const added = groups.slice(this.initial.length).map(({ lr }) => lr);
    if (added.length > 0) this.initial = [...this.initial, ...added];
    groups.forEach((group, i) => {
      group.lr = this.rate(this.count, this.initial[i]!);
    });
  }

  stateDict(): ScheduleState {
    return { count: this.count, initial: this.initial };
  }

  loadStateDict({ count, initial }: ScheduleState): void {
    this.count = count;
    this.initial = initial;
    this.apply();
  }
}

export type { Scheduled };
export { Schedule };

/** lr · γ^⌊count / stepSize⌋. */
export class StepLR extends Schedule {
  constructor(
    optimizer: Scheduled,
    readonly stepSize: number,
    readonly gamma = 0.1,
  ) {
    super(optimizer);
  }

  override rate(count: number, initial: number): number {
    return initial * this.gamma ** Math.floor(count / this.stepSize);
  }
}

/** lr · γ for every milestone passed. */
export class MultiStepLR extends Schedule {
  constructor(
    optimizer: Scheduled,
    readonly milestones: readonly number[],
    readonly gamma = 0.1,
  ) {
    super(optimizer);
  }

  override rate(count: number, initial: number): number {
    return initial * this.gamma ** this.milestones.filter((milestone) => count >= milestone).length;
  }
}

export class ExponentialLR extends Schedule {
  constructor(
    optimizer: Scheduled,
    readonly gamma: number,
  ) {
    super(optimizer);
  }

  override rate(count: number, initial: number): number {
    return initial * this.gamma ** count;
  }
}

/** Half a cosine from lr to etaMin in tMax steps (Loshchilov & Hutter 2016, https://arxiv.org/abs/1608.03983). */
export class CosineAnnealingLR extends Schedule {
  constructor(
    optimizer: Scheduled,
    readonly tMax: number,
    readonly etaMin = 0,
  ) {
    super(optimizer);
  }

  override rate(count: number, initial: number): number {
    return (
      this.etaMin + ((initial - this.etaMin) * (1 + Math.cos((Math.PI * count) / this.tMax))) / 2
    );
  }
}

/** Rises linearly from startFactor · lr to lr over `steps` steps, then stays. */
export class LinearWarmup extends Schedule {
  override readonly interval = "step";

  constructor(
    optimizer: Scheduled,
    readonly steps: number,
    readonly startFactor = 1 / 3,
  ) {
    super(optimizer);
    this.apply();
  }

  override rate(count: number, initial: number): number {
    const share = Math.min(1, count / this.steps);
    return initial * (this.startFactor + (1 - this.startFactor) * share);
  }
}
