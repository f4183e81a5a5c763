import { Random } from "../../src/data/index.ts";

/** Normally distributed values (Box–Muller), the same on every platform. */
export function normals(count: number, seed: number, scale = 1): Float32Array {
  const random = new Random(seed);
  const values = new Float32Array(count);
  const uniform = () => (random.uint32() + 0.5) / 2 ** 32; // neither 0 nor 1
  for (let i = 0; i < count; i += 2) {
    const radius = scale * Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** Class indices below `classes`. */
export function labels(count: number, classes: number, seed: number): Int32Array {
  const random = new Random(seed);
  return Int32Array.from({ length: count }, () => random.int(classes));
}

/** `count` different indices below `size`, or all when there are no more than that. */
export function sampleIndices(size: number, count: number, seed: number): number[] {
  if (size <= count) return Array.from({ length: size }, (_, i) => i);
  const random = new Random(seed);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.int(size));
  return [...chosen];
}
