import { requireNumber } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Schedule, type Scheduled } from "./schedule.ts";

/** What a rate is multiplied by after `count` steps. */
export type RateFactor = (count: number) => number;

/** lr times a function of the number of steps, one for all groups or one for each. Checkpoints don't hold the function. */
export class LambdaLR extends Schedule {
  override readonly name = "LambdaLR";
  readonly #factors: readonly RateFactor[];

  constructor(optimizer: Scheduled, factor: RateFactor | readonly RateFactor[]) {
    super(optimizer);
    this.#factors = optimizer.groups.map((_, i) =>
      typeof factor === "function" ? factor : factor?.[i],
    ) as RateFactor[];
    if (!this.#factors.every((one) => typeof one === "function"))
      throw new TypeError(
        "LambdaLR: expects a function of the number of steps, or one for each group",
      );
    this.apply();
  }

  override rate(count: number, initial: number, group: number): number {
    return initial * (this.#factors[group] ?? this.#factors[0]!)(count);
  }
}

/** lr · (1 − count / totalIters)^power, then 0. */
export class PolynomialLR extends Schedule {
  override readonly name = "PolynomialLR";
  readonly totalIters: number;
  readonly power: number;

  constructor(
    optimizer: Scheduled,
    totalIters: number | { totalIters?: number; power?: number } = 5,
    power = 1,
  ) {
    super(optimizer);
    const given = typeof totalIters === "object" ? totalIters : { totalIters, power };
    checkOptions("PolynomialLR", given, ["totalIters", "power"]);
    this.totalIters = requireNumber("PolynomialLR", "totalIters", given.totalIters ?? 5, 1);
    this.power = requireNumber("PolynomialLR", "power", given.power ?? 1, 0);
  }

  override rate(count: number, initial: number): number {
    return initial * (1 - Math.min(count, this.totalIters) / this.totalIters) ** this.power;
  }
}

export interface WarmRestartsOptions {
  /** Steps of the first fall. */
  t0: number;
  /** Each fall is this many times longer than the one before. Default 1. */
  tMult?: number;
  /** The lowest rate. Default 0. */
  etaMin?: number;
}

/** Half a cosine from lr to etaMin, over and over (SGDR: Loshchilov & Hutter 2016, https://arxiv.org/abs/1608.03983). */
export class CosineAnnealingWarmRestarts extends Schedule {
  override readonly name = "CosineAnnealingWarmRestarts";
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;

  constructor(optimizer: Scheduled, t0: number | WarmRestartsOptions, tMult = 1, etaMin = 0) {
    super(optimizer);
    const given = typeof t0 === "object" ? t0 : { t0, tMult, etaMin };
    const name = "CosineAnnealingWarmRestarts";
    checkOptions(name, given, ["t0", "tMult", "etaMin"]);
    this.t0 = requireNumber(name, "t0", given.t0, 1);
    this.tMult = requireNumber(name, "tMult", given.tMult ?? 1, 1);
    this.etaMin = requireNumber(name, "etaMin", given.etaMin ?? 0);
  }

  override rate(count: number, initial: number): number {
    let length = this.t0;
    let place = count;
    while (place >= length) {
      place -= length;
      length *= this.tMult;
    }
    return this.etaMin + ((initial - this.etaMin) * (1 + Math.cos((Math.PI * place) / length))) / 2;
  }
}

/**
 * One schedule after the other: each takes over at its milestone and counts from there. All of them count in the unit of the
 * first: behind a LinearWarmup, which goes by steps, a cosine's `tMax` is a number of steps too.
 *
 * @example new SequentialLR(optimizer, [new LinearWarmup(optimizer, 100), new CosineAnnealingLR(optimizer, 900)], [100])
 * @throws Error unless there is a milestone for each schedule but the first, in ascending order.
 */
export class SequentialLR extends Schedule {
  override readonly name = "SequentialLR";
  override readonly interval: "step" | "epoch";

  constructor(
    optimizer: Scheduled,
    readonly schedules: readonly Schedule[],
    readonly milestones: readonly number[],
  ) {
    super(optimizer);
    const isList = Array.isArray(schedules) && schedules.every((one) => one instanceof Schedule);
    if (!isList || schedules.length === 0)
      throw new TypeError("SequentialLR: expects a list of schedules, and one of milestones");
    const ascend = milestones.every((n, i) => Number.isInteger(n) && n > (milestones[i - 1] ?? 0));
    if (!ascend || milestones.length !== schedules.length - 1) {
      throw new Error(
        `SequentialLR: ${schedules.length} schedules need ${schedules.length - 1} milestones, whole numbers in ` +
          `ascending order; given are [${milestones}]`,
      );
    }
    this.interval = schedules[0]!.interval;
    // What the first found: it may have changed the rates since.
    this.initial = schedules[0]!.initial;
    this.apply();
  }

  override rate(count: number, initial: number, group: number): number {
    const which = this.milestones.filter((milestone) => count >= milestone).length;
    const schedule = this.schedules[which]!;
    const start = schedule.setsRates ? (schedule.initial[group] ?? initial) : initial;
    return schedule.rate(count - (this.milestones[which - 1] ?? 0), start, group);
  }
}
