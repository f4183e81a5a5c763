import { compare } from "./check.ts";
import { normals, sampleIndices } from "./random.ts";
import type { TimedWorkload } from "./workload.ts";

const SAMPLES = 500;

/** Entries of the product [n, n] at `indices`, in float64. */
export function productAt(
  n: number,
  a: Float32Array,
  b: Float32Array,
  indices: readonly number[],
): Float64Array {
  return Float64Array.from(indices, (index) => {
    const [row, column] = [Math.floor(index / n), index % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[row * n + k] * b[k * n + column];
    return sum;
  });
}

/** Products of square matrices. */
export function matmulWorkload(n: number): TimedWorkload {
  const inputs = () => [normals(n * n, 1), normals(n * n, 2)] as const;
  return {
    kind: "timed",
    id: `matmul/${n}`,
    group: "matmul",
    title: `matmul ${n}³`,
    flops: 2 * n ** 3,
    bytes: 3 * 4 * n ** 2,
    prepare: (engine) => engine.matmul(n, ...inputs()),
    checkAfter: 1,
    async check(results) {
      const indices = sampleIndices(n * n, SAMPLES, 3);
      const expected = productAt(n, ...inputs(), indices);
      return new Map(
        [...results].map(([name, values]) => {
          const found = indices.map((i) => values[i]);
          return [name, compare("float64", found, expected, 1e-4)];
        }),
      );
    },
  };
}
