import { requireNumber } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Schedule, type Scheduled, setMomentum } from "./schedule.ts";

export interface OneCycleOptions {
  maxLr: number | readonly number[];
  totalSteps: number;
  /** Share of the steps that rise. Default 0.3. */
  pctStart?: number;
  divFactor?: number;
  finalDivFactor?: number;
  /** Default true: momentum (Adam: the first beta) falls while the rate rises, and rises while it falls. */
  cycleMomentum?: boolean;
  /** At the rate's peak. Default 0.85. */
  baseMomentum?: number;
  /** At the start and at the end. Default 0.95. */
  maxMomentum?: number;
}

const KNOWN = [
  "maxLr",
  "totalSteps",
  "pctStart",
  "divFactor",
  "finalDivFactor",
  "cycleMomentum",
  "baseMomentum",
  "maxMomentum",
];

/**
 * Up to maxLr and down again in two half cosines, momentum the other way round (Smith & Topin 2017,
 * https://arxiv.org/abs/1708.07120), with PyTorch's defaults: an optimizer made without momentum gets some.
 */
export class OneCycleLR extends Schedule {
  override readonly name = "OneCycleLR";
  override readonly interval = "step";
  override readonly setsRates = true;

  constructor(
    optimizer: Scheduled,
    readonly options: OneCycleOptions,
  ) {
    checkOptions("OneCycleLR", options, KNOWN);
    super(optimizer);
    const { maxLr } = options;
    requireNumber("OneCycleLR", "totalSteps", options.totalSteps, 1);
    for (const peak of [maxLr].flat()) requireNumber("OneCycleLR", "maxLr", peak, 0);
    optimizer.groups.forEach((group, i) => {
      group.lr = typeof maxLr === "number" ? maxLr : (maxLr[i] ?? group.lr);
    });
    this.initial = optimizer.groups.map(({ lr }) => lr);
    this.apply();
  }

  override get totalSteps(): number {
    return this.options.totalSteps;
  }

  override rate(count: number, peak: number): number {
    const { divFactor = 25, finalDivFactor = 1e4 } = this.options;
    const start = peak / divFactor;
    return this.#through(count, start, peak, start / finalDivFactor);
  }

  protected override apply(): void {
    super.apply();
    const { cycleMomentum = true, baseMomentum = 0.85, maxMomentum = 0.95 } = this.options;
    if (!cycleMomentum) return;
    const momentum = this.#through(this.count, maxMomentum, baseMomentum, maxMomentum);
    setMomentum(this.optimizer, momentum);
  }

  /** From `start` to `middle` and on to `end`, in half cosines. */
  #through(count: number, start: number, middle: number, end: number): number {
    const { totalSteps, pctStart = 0.3 } = this.options;
    const top = pctStart * totalSteps - 1;
    if (top > 0 && count <= top) return cosine(start, middle, count / top);
    // Nothing over nothing where the peak is the only step: that is the peak.
    return cosine(middle, end, Math.min(1, (count - top) / (totalSteps - 1 - top) || 0));
  }
}

function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}
