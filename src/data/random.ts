/**
 * Seeded random numbers: xoshiro128** 1.1 (D. Blackman and S. Vigna, "Scrambled linear pseudorandom
 * number generators", ACM TOMS 47, 2021; https://prng.di.unimi.it/xoshiro128starstar.c). 32-bit
 * integer arithmetic only, so every platform draws the same numbers.
 */
export class Random {
  readonly #state: Uint32Array;

  /**
   * @param seed any integer.
   * @param streams further integers (epoch, batch, …): each combination gives a sequence of its own.
   */
  constructor(seed: number, ...streams: number[]) {
    this.#state = seedState([seed, ...streams]);
  }

  /** Starts from four raw words, not all zero. */
  static fromState(words: readonly [number, number, number, number]): Random {
    const random = new Random(0);
    random.#state.set(words);
    return random;
  }

  /** 32 random bits, as an integer from 0 to 2³² − 1. */
  uint32(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A uniform integer in [0, n), without modulo bias; n up to 2³². */
  int(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    let bits = this.uint32();
    while (bits >= limit) bits = this.uint32();
    return bits % n;
  }

  /** Shuffles in place (Fisher–Yates) and returns its argument. */
  shuffle<T extends Int32Array | unknown[]>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
    return values;
  }

  /** 0..n−1 in random order. */
  permutation(n: number): Int32Array {
    return this.shuffle(range(n));
  }
}

/** 0..n−1. */
export function range(n: number): Int32Array {
  const values = new Int32Array(n);
  for (let i = 0; i < n; i++) values[i] = i;
  return values;
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** MurmurHash3's finaliser (A. Appleby): every input bit changes half of the output bits. */
function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function seedState(seeds: number[]): Uint32Array {
  let hash = 0;
  for (const seed of seeds) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed must be an integer, got ${seed}`);
    // Both halves count: seeds above 2³² (a timestamp in ms) must differ too.
    hash = mix(hash + 0x9e3779b9 + (seed >>> 0));
    hash = mix(hash + 0x9e3779b9 + (Math.floor(seed / 2 ** 32) >>> 0));
  }
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    hash += 0x9e3779b9; // SplitMix's step: consecutive words of one seed are unrelated
    state[i] = mix(hash);
  }
  if (!state.some((word) => word !== 0)) state[0] = 1; // the one state xoshiro never leaves
  return state;
}
