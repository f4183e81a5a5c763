import { requireNumber, requireWord } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Schedule, type Scheduled, setMomentum } from "./schedule.ts";

export interface CyclicOptions {
  /** The lowest rate, of all groups or of each. */
  baseLr: number | readonly number[];
  maxLr: number | readonly number[];
  /** Steps that rise. Default 2,000. */
  stepSizeUp?: number;
  /** Steps that fall. Default: as many. */
  stepSizeDown?: number;
  /** Default "triangular". "triangular2" halves each cycle's height, "exp_range" multiplies it by gamma in each step. */
  mode?: "triangular" | "triangular2" | "exp_range";
  /** Default 1. */
  gamma?: number;
  /** Default true: momentum (Adam: the first beta) falls while the rate rises, and rises while it falls. */
  cycleMomentum?: boolean;
  /** At the rate's peak. Default 0.8. */
  baseMomentum?: number;
  /** At the lowest rate. Default 0.9. */
  maxMomentum?: number;
}

const KNOWN = [
  ...["baseLr", "maxLr", "stepSizeUp", "stepSizeDown", "mode", "gamma"],
  ...["cycleMomentum", "baseMomentum", "maxMomentum"],
];

/** Up from baseLr to maxLr and down again, in lines and over and over (Smith 2015, https://arxiv.org/abs/1506.01186). */
export class CyclicLR extends Schedule {
  override readonly name = "CyclicLR";
  override readonly interval = "step";
  override readonly setsRates = true;

  constructor(
    optimizer: Scheduled,
    readonly options: CyclicOptions,
  ) {
    checkOptions("CyclicLR", options, KNOWN);
    super(optimizer);
    const { baseLr, maxLr, stepSizeUp = 1, stepSizeDown = 1, mode = "triangular" } = options;
    requireWord("CyclicLR", "mode", mode, ["triangular", "triangular2", "exp_range"]);
    for (const [name, value] of Object.entries({ stepSizeUp, stepSizeDown }))
      requireNumber("CyclicLR", name, value, 1);
    for (const rate of [baseLr].flat()) requireNumber("CyclicLR", "baseLr", rate, 0);
    for (const rate of [maxLr].flat()) requireNumber("CyclicLR", "maxLr", rate, 0);
    this.initial = optimizer.groups.map(({ lr }, i) => of(baseLr, i) ?? lr);
    this.apply();
  }

  override rate(count: number, initial: number, group: number): number {
    const height = (of(this.options.maxLr, group) ?? initial) - initial;
    return initial + height * this.#share(count);
  }

  protected override apply(): void {
    super.apply();
    const { cycleMomentum = true, baseMomentum = 0.8, maxMomentum = 0.9 } = this.options;
    if (!cycleMomentum) return;
    setMomentum(
      this.optimizer,
      maxMomentum - (maxMomentum - baseMomentum) * this.#share(this.count),
    );
  }

  /** How far it has risen: 1 at the peak of the first cycle. */
  #share(count: number): number {
    const { stepSizeUp: up = 2000, stepSizeDown: down = up, mode, gamma = 1 } = this.options;
    const cycle = Math.floor(count / (up + down));
    const place = count - cycle * (up + down);
    const share = place <= up ? place / up : (up + down - place) / down;
    if (mode === "triangular2") return share / 2 ** cycle;
    return mode === "exp_range" ? share * gamma ** count : share;
  }
}

/** The number of a group, where there is one for each. */
function of(numbers: number | readonly number[], group: number): number | undefined {
  return typeof numbers === "number" ? numbers : numbers[group];
}
