/** Where the random numbers of the GPU stand; plain data, for checkpoints. */
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

let state: RandomState = { seed: Math.floor(Math.random() * 2 ** 53), draws: 0 };

/**
 * Seeds every random number on the GPU: `rand`, `randn`, initial weights, dropout. The same seed
 * and the same calls give the same numbers. Without it each run draws others.
 *
 * @param seed a whole number from 0 to 2⁵³ − 1.
 */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`manualSeed: the seed is ${seed}; give a whole number from 0 to 2^53 - 1`);
  }
  state = { seed, draws: 0 };
}

export function getRandomState(): RandomState {
  return state;
}

/** Goes back to a state from `getRandomState`. */
export function setRandomState({ seed, draws }: RandomState): void {
  manualSeed(seed);
  if (!Number.isSafeInteger(draws) || draws < 0) {
    throw new RangeError(`setRandomState: draws is ${draws}; give a state from getRandomState()`);
  }
  state = { seed, draws };
}

/**
 * A fresh stream of random numbers. Kernels take it in their `params` function, so that each replay
 * of a captured step draws anew.
 */
export function nextDraw(): Draw {
  const { seed, draws } = state;
  state = { seed, draws: draws + 1 };
  return {
    seed_low: seed % WORD,
    seed_high: Math.floor(seed / WORD),
    draw_low: draws % WORD,
    draw_high: Math.floor(draws / WORD),
  };
}
