/** Uniform numbers in 0..1 from a 32-bit seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seeded uniform values in −1..1. */
export function uniform(size: number, seed: number): Float64Array {
  const next = random(seed);
  const values = new Float64Array(size); // from() takes four times as long
  for (let i = 0; i < size; i++) values[i] = 2 * next() - 1;
  return values;
}
