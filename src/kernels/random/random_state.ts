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

/** Draws in the order of their launches, to be repeated. Each holds what its last launch drew. */
export type DrawTape = { draw: Draw | null }[];

let source: () => () => Draw = () => nextDraw;

/**
 * What a random kernel takes for its draws: fresh ones, or those that are being repeated. To be
 * asked once per launch, when it is encoded or recorded.
 */
export function drawing(): () => Draw {
  return source();
}

/** Runs `fn` and notes what it draws, at each replay of a captured step anew. */
export function notingDraws<T>(fn: () => T): { result: T; tape: DrawTape } {
  const tape: DrawTape = [];
  const outer = source;
  const result = withSource(() => {
    const cell: DrawTape[number] = { draw: null };
    const draw = outer();
    tape.push(cell);
    return () => {
      cell.draw = draw();
      return cell.draw;
    };
  }, fn);
  return { result, tape };
}

/** Runs `fn` again with the draws it had when it was noted. */
export function repeatingDraws<T>(tape: DrawTape, fn: () => T): T {
  let next = 0;
  return withSource(() => {
    const cell = tape[next++];
    if (!cell)
      throw new Error("a function that is run again draws more random numbers than before");
    return () => cell.draw ?? nextDraw();
  }, fn);
}

function withSource<T>(inner: typeof source, fn: () => T): T {
  const outer = source;
  source = inner;
  try {
    return fn();
  } finally {
    source = outer;
  }
}
