import { matmul, tensor } from "../../src/autograd/index.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";

/** Product of matrices [..., m, k] and [..., k, n] in float64, batches broadcast, vectors as in PyTorch. */
export function matmulReference(x: Ref, y: Ref): Ref {
  const a = x.shape.length === 1 ? [1, x.shape[0]!] : x.shape;
  const b = y.shape.length === 1 ? [y.shape[0]!, 1] : y.shape;
  const [m, k, n] = [a.at(-2)!, a.at(-1)!, b.at(-1)!];
  const rank = Math.max(a.length, b.length) - 2;
  const size = (shape: readonly number[], d: number) => shape[d - rank + shape.length - 2] ?? 1;
  const batch = Array.from({ length: rank }, (_, d) => Math.max(size(a, d), size(b, d)));
  const batches = batch.reduce((all, s) => all * s, 1);
  const data = new Float64Array(batches * m * n);
  for (let t = 0; t < batches; t++) {
    let [rest, ia, ib, stepA, stepB] = [t, 0, 0, 1, 1];
    for (let d = rank - 1; d >= 0; d--) {
      const at = rest % batch[d]!;
      rest = Math.floor(rest / batch[d]!);
      ia += (size(a, d) === 1 ? 0 : at) * stepA;
      ib += (size(b, d) === 1 ? 0 : at) * stepB;
      stepA *= size(a, d);
      stepB *= size(b, d);
    }
    for (let i = 0; i < m; i++)
      for (let l = 0; l < k; l++) {
        const value = x.data[(ia * m + i) * k + l]!;
        for (let j = 0; j < n; j++)
          data[(t * m + i) * n + j]! += value * y.data[(ib * k + l) * n + j]!;
      }
  }
  const shape = [
    ...batch,
    ...(x.shape.length === 1 ? [] : [m]),
    ...(y.shape.length === 1 ? [] : [n]),
  ];
  return { shape, data };
}

const sample = (a: number[], b: number[], extra: Partial<Sample> = {}): Sample => ({
  label: `matmul [${a}] · [${b}]`,
  inputs: [{ shape: a }, { shape: b }],
  run: matmul,
  reference: matmulReference,
  ...extra,
});

const half = { tolerance: 1e-3, gradTolerance: 1e-2 };

export const info: OpInfo = {
  ops: ["matmul"],
  samples: [
    sample([1, 1], [1, 1]),
    sample([3, 5], [5, 7]),
    sample([8, 16], [16, 64]),
    sample([17, 33], [33, 65]),
    sample([64, 40], [40, 96]),
    sample([130, 67], [67, 131]),
    sample([1, 300], [300, 9]), // split reduction
    sample([5, 1025], [1025, 3]), // split reduction with a short last slice
    sample([200, 2], [2, 1]),
    sample([7], [7]),
    sample([7], [7, 4]),
    sample([3, 7], [7]),
    sample([2, 3, 7], [7]),
    sample([7], [2, 7, 5]),
    sample([4, 3, 5], [4, 5, 6]),
    sample([4, 3, 5], [5, 6]), // one matrix for all batches
    sample([3, 5], [4, 5, 6]),
    sample([1, 3, 5], [4, 5, 6]),
    sample([2, 1, 3, 5], [3, 5, 2]), // both broadcast
    sample([2, 1, 1, 2, 3, 4], [3, 2, 4, 2]), // rank 6
    {
      ...sample([9, 20], [20, 33], half),
      label: "matmul f16",
      inputs: [
        { shape: [9, 20], dtype: "f16" },
        { shape: [20, 33], dtype: "f16" },
      ],
    },
    {
      ...sample([5, 8], [8, 3]),
      label: "matmul of f32 and f16",
      inputs: [{ shape: [5, 8] }, { shape: [8, 3], dtype: "f16" }],
    },
  ],
  errors: [
    {
      label: "inner sizes that differ",
      run: () => matmul(tensor([[1, 2]]), tensor([[1, 2]])),
      error: /matmul: shapes \[1, 2\] and \[1, 2\] don't fit: the inner sizes 2 and 1 differ/,
    },
    {
      label: "a scalar",
      run: () => matmul(tensor(2), tensor([1])),
      error: /matmul: shapes \[\] and \[1\]: both need at least one dimension/,
    },
    {
      label: "batches that can't be broadcast",
      run: () =>
        matmul(
          tensor(new Float32Array(8), { shape: [2, 2, 2] }),
          tensor(new Float32Array(12), { shape: [3, 2, 2] }),
        ),
      error: /matmul: shapes \[2\] and \[3\] can't be broadcast/,
    },
    {
      label: "integers",
      run: () => matmul(tensor(new Int32Array(4), { shape: [2, 2] }), tensor([[1], [2]])),
      error: /matmul: a has dtype i32/,
    },
  ],
};
