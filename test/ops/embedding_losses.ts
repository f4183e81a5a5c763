import { cosineEmbeddingLoss, tripletMarginLoss, zeros } from "../../src/autograd/index.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate, reduceRef } from "./reference/array.ts";

type Reduction = "mean" | "sum" | "none";
const reductions: readonly Reduction[] = ["mean", "sum", "none"];

const row = (x: Ref, i: number) => {
  const length = x.shape.at(-1)!;
  return x.data.subarray(i * length, (i + 1) * length);
};
const rowsOf = (x: Ref) => generate(x.shape.slice(0, -1), (i) => i);

function distance(a: Float64Array, b: Float64Array, p: number): number {
  return a.reduce((sum, v, i) => sum + Math.abs(v - b[i]! + 1e-6) ** p, 0) ** (1 / p);
}

function triplet(shape: number[], options: Parameters<typeof tripletMarginLoss>[3] = {}): Sample {
  const { margin = 1, p = 2, swap = false, reduction = "mean" } = options;
  return {
    label: `tripletMarginLoss [${shape}] ${JSON.stringify(options)}`,
    inputs: [{ shape }, { shape }, { shape }],
    run: (a, b, c) => tripletMarginLoss(a, b!, c!, options),
    reference: (a, b, c) => {
      const losses = rowsOf(a).data.map((i) => {
        const far = distance(row(a, i), row(c!, i), p);
        const other = distance(row(b!, i), row(c!, i), p);
        return Math.max(
          0,
          distance(row(a, i), row(b!, i), p) - (swap ? Math.min(far, other) : far) + margin,
        );
      });
      return reduceRef({ shape: a.shape.slice(0, -1), data: losses }, reduction);
    },
  };
}

function cosine(shape: number[], margin: number, reduction: Reduction): Sample {
  return {
    label: `cosineEmbeddingLoss [${shape}] margin ${margin} ${reduction}`,
    inputs: [
      { shape },
      { shape },
      { shape: shape.slice(0, -1), dtype: "i32", map: (_, i) => (i % 2 ? -1 : 1) },
    ],
    run: (a, b, y) => cosineEmbeddingLoss(a, b!, y!, { margin, reduction }),
    reference: (a, b, y) => {
      const losses = rowsOf(a).data.map((i) => {
        const [u, v] = [row(a, i), row(b!, i)];
        const dot = u.reduce((sum, value, k) => sum + value * v[k]!, 0);
        const cos = dot / (Math.hypot(...u) * Math.hypot(...v));
        return y!.data[i] === 1 ? 1 - cos : Math.max(0, cos - margin);
      });
      return reduceRef({ shape: a.shape.slice(0, -1), data: losses }, reduction);
    },
  };
}

export const info: OpInfo = {
  ops: [],
  samples: [
    ...reductions.flatMap((reduction) => [
      triplet([5, 4], { reduction }),
      cosine([6, 4], 0.1, reduction),
    ]),
    triplet([3], { margin: 2 }),
    triplet([70, 3], { p: 1 }),
    triplet([4, 6], { p: 3, margin: 0.3 }),
    triplet([9, 4], { swap: true }),
    cosine([3], 0, "mean"),
    cosine([70, 5], -0.5, "mean"),
  ],
  errors: [
    {
      label: "a negative of another shape",
      run: () => tripletMarginLoss(zeros([2, 3]), zeros([2, 3]), zeros([3, 3])),
      error: /tripletMarginLoss: negative has shape \[3, 3\]; the shape of anchor needs \[2, 3\]/,
    },
    {
      label: "maps",
      run: () => tripletMarginLoss(zeros([2, 3, 4]), zeros([2, 3, 4]), zeros([2, 3, 4])),
      error: /tripletMarginLoss: anchor has 3 dimensions; rows \[N, D\] or a vector are expected/,
    },
    {
      label: "a norm below 1",
      run: () => tripletMarginLoss(zeros([2]), zeros([2]), zeros([2]), { p: 0.5 }),
      error: /tripletMarginLoss: p is 0.5; it must be a number of at least 1/,
    },
    {
      label: "targets of another number",
      run: () => cosineEmbeddingLoss(zeros([2, 3]), zeros([2, 3]), zeros([3])),
      error: /cosineEmbeddingLoss: target has shape \[3\]; one for each row needs \[2\]/,
    },
  ],
};
