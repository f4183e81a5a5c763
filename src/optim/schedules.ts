import { requireNumber } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Schedule, type Scheduled } from "./schedule.ts";

/** Options in order, as PyTorch takes them, or by name. */
type Given<First, Options> = First | Options;

export interface StepOptions {
  stepSize: number;
  /** Default 0.1. */
  gamma?: number;
}

/** lr · γ^⌊count / stepSize⌋. */
export class StepLR extends Schedule {
  override readonly name = "StepLR";
  readonly stepSize: number;
  readonly gamma: number;

  constructor(optimizer: Scheduled, stepSize: Given<number, StepOptions>, gamma = 0.1) {
    super(optimizer);
    const given = typeof stepSize === "object" ? stepSize : { stepSize, gamma };
    checkOptions("StepLR", given, ["stepSize", "gamma"]);
    this.stepSize = requireNumber("StepLR", "stepSize", given.stepSize, 1);
    this.gamma = requireNumber("StepLR", "gamma", given.gamma ?? 0.1);
  }

  override rate(count: number, initial: number): number {
    return initial * this.gamma ** Math.floor(count / this.stepSize);
  }
}

export interface MultiStepOptions {
  milestones: readonly number[];
  /** Default 0.1. */
  gamma?: number;
}

/** lr · γ for every milestone passed. */
export class MultiStepLR extends Schedule {
  override readonly name = "MultiStepLR";
  readonly milestones: readonly number[];
  readonly gamma: number;

  constructor(
    optimizer: Scheduled,
    milestones: Given<readonly number[], MultiStepOptions>,
    gamma = 0.1,
  ) {
    super(optimizer);
    const given = isList(milestones) ? { milestones, gamma } : milestones;
    checkOptions("MultiStepLR", given, ["milestones", "gamma"]);
    if (!isList(given.milestones))
      throw new TypeError("MultiStepLR: milestones must be a list of steps");
    this.milestones = given.milestones.map((n) => requireNumber("MultiStepLR", "a milestone", n));
    this.gamma = requireNumber("MultiStepLR", "gamma", given.gamma ?? 0.1);
  }

  override rate(count: number, initial: number): number {
    return initial * this.gamma ** this.milestones.filter((milestone) => count >= milestone).length;
  }
}

const isList = (value: unknown): value is readonly number[] => Array.isArray(value);

/** lr · γ^count. */
export class ExponentialLR extends Schedule {
  override readonly name = "ExponentialLR";
  readonly gamma: number;

  constructor(optimizer: Scheduled, gamma: Given<number, { gamma: number }>) {
    super(optimizer);
    const given = typeof gamma === "object" ? gamma : { gamma };
    checkOptions("ExponentialLR", given, ["gamma"]);
    this.gamma = requireNumber("ExponentialLR", "gamma", given.gamma);
  }

  override rate(count: number, initial: number): number {
    return initial * this.gamma ** count;
  }
}

export interface CosineAnnealingOptions {
  tMax: number;
  /** Default 0. */
  etaMin?: number;
}

/** Half a cosine from lr to etaMin in tMax steps (Loshchilov & Hutter 2016, https://arxiv.org/abs/1608.03983). */
export class CosineAnnealingLR extends Schedule {
  override readonly name = "CosineAnnealingLR";
  readonly tMax: number;
  readonly etaMin: number;

  constructor(optimizer: Scheduled, tMax: Given<number, CosineAnnealingOptions>, etaMin = 0) {
    super(optimizer);
    const given = typeof tMax === "object" ? tMax : { tMax, etaMin };
    checkOptions("CosineAnnealingLR", given, ["tMax", "etaMin"]);
    this.tMax = requireNumber("CosineAnnealingLR", "tMax", given.tMax, 1);
    this.etaMin = requireNumber("CosineAnnealingLR", "etaMin", given.etaMin ?? 0);
  }

  override rate(count: number, initial: number): number {
    return (
      this.etaMin + ((initial - this.etaMin) * (1 + Math.cos((Math.PI * count) / this.tMax))) / 2
    );
  }
}

export interface WarmupOptions {
  steps: number;
  /** Default 1/3. */
  startFactor?: number;
}

/** Rises linearly from startFactor · lr to lr over `steps` steps, then stays. */
export class LinearWarmup extends Schedule {
  override readonly name = "LinearWarmup";
  override readonly interval = "step";
  readonly steps: number;
  readonly startFactor: number;

  constructor(optimizer: Scheduled, steps: Given<number, WarmupOptions>, startFactor = 1 / 3) {
    super(optimizer);
    const given = typeof steps === "object" ? steps : { steps, startFactor };
    checkOptions("LinearWarmup", given, ["steps", "startFactor"]);
    this.steps = requireNumber("LinearWarmup", "steps", given.steps, 1);
    this.startFactor = requireNumber("LinearWarmup", "startFactor", given.startFactor ?? 1 / 3);
    this.apply();
  }

  override rate(count: number, initial: number): number {
    const share = Math.min(1, count / this.steps);
    return initial * (this.startFactor + (1 - this.startFactor) * share);
  }
}
