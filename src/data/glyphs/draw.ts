import type { Random } from "../random.ts";

/** Draws that the styles of glyphs are made of. */
export class Draw {
  constructor(private readonly random: Random) {}

  /** Uniform from `low` to `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.random.float();
  }

  /** Uniform from −spread to spread. */
  around(spread: number): number {
    return this.between(-spread, spread);
  }

  chance(probability: number): boolean {
    return this.random.float() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.random.int(choices.length)];
  }

  /** Roughly normal with standard deviation 1: the sum of three uniform draws. */
  normal(): number {
    return 2 * (this.random.float() + this.random.float() + this.random.float()) - 3;
  }
}
