/** Where a generator stands; plain data, for checkpoints. */
export interface RandomState {
  /** 0 to 2⁵³ − 1. */
  readonly seed: number;
  /** Random kernels launched since seeding. */
  readonly draws: number;
}

/** What one launch of a random kernel starts from; the words of Philox's key and upper counter. */
export interface Draw {
  readonly seed_low: number;
  readonly seed_high: number;
  readonly draw_low: number;
  readonly draw_high: number;
}

const WORD = 2 ** 32;

/**
 * A sequence of random numbers on the GPU. The same seed and the same calls give the same numbers.
 *
 * @example withGenerator(new Generator(1), () => nn.init.normal_(weight)) // leaves the default sequence alone
 */
export class Generator {
  #state: RandomState;

  /** @param seed a whole number from 0 to 2⁵³ − 1; without it each run draws others. */
  constructor(seed: number = Math.floor(Math.random() * 2 ** 53)) {
    this.#state = { seed: checkSeed(seed), draws: 0 };
  }

  /** Starts the sequence of this seed. */
  manualSeed(seed: number): this {
    this.#state = { seed: checkSeed(seed), draws: 0 };
    return this;
  }

  getState(): RandomState {
    return this.#state;
  }

  /** Goes back to a state from `getState`. */
  setState({ seed, draws }: RandomState): void {
    checkSeed(seed);
    if (!Number.isSafeInteger(draws) || draws < 0) {
      throw new RangeError(`setRandomState: draws is ${draws}; give a state from getRandomState()`);
    }
    this.#state = { seed, draws };
  }

  /** A fresh stream of random numbers. */
  next(): Draw {
    const { seed, draws } = this.#state;
    this.#state = { seed, draws: draws + 1 };
    return {
      seed_low: seed % WORD,
      seed_high: Math.floor(seed / WORD),
      draw_low: draws % WORD,
      draw_high: Math.floor(draws / WORD),
    };
  }
}

function checkSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new RangeError(`manualSeed: the seed is ${seed}; give a whole number from 0 to 2^53 - 1`);
}
