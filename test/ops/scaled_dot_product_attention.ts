import type { AttentionOptions } from "../../src/autograd/index.ts";
import { arange, randn, scaledDotProductAttention, tensor } from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";

/** One head: [L, E], [S, E] and [S, V] at these offsets; `bias` is added to a score, −∞ leaves it out. */
function attend(
  [q, k, v]: readonly [Ref, Ref, Ref],
  at: readonly [number, number, number],
  scale: number,
  bias: (i: number, j: number) => number,
): number[] {
  const [l, e] = q.shape.slice(-2) as [number, number];
  const [s, width] = v.shape.slice(-2) as [number, number];
  return Array.from({ length: l }, (_, i) => {
    const scores = Array.from({ length: s }, (_, j) => {
      let dot = 0;
      for (let c = 0; c < e; c++) dot += q.data[at[0] + i * e + c]! * k.data[at[1] + j * e + c]!;
      return dot * scale + bias(i, j);
    });
    const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const total = weights.reduce((a, b) => a + b, 0);
    return Array.from({ length: width }, (_, c) =>
      weights.reduce((sum, w, j) => sum + (w / total) * v.data[at[2] + j * width + c]!, 0),
    );
  }).flat();
}

type Shapes = readonly [query: number[], key: number[], value: number[]];

function sample(
  label: string,
  [query, key, value]: Shapes,
  options: AttentionOptions = {},
  bias: (i: number, j: number) => number = () => 0,
): Sample {
  const scale = options.scale ?? 1 / Math.sqrt(query.at(-1)!);
  const size = (shape: readonly number[]) => shape.slice(-2).reduce((a, b) => a * b, 1);
  return {
    label: `attention, ${label}`,
    inputs: [{ shape: query }, { shape: key }, { shape: value }],
    run: (q, k, v) => scaledDotProductAttention(q, k, v, options),
    reference: (q, k, v) => {
      const heads = q.data.length / size(query);
      const found = Array.from({ length: heads }, (_, h) =>
        attend([q, k, v], [h * size(query), h * size(key), h * size(value)], scale, bias),
      );
      const shape = [...query.slice(0, -1), value.at(-1)!];
      return { shape, data: Float64Array.from(found.flat()) };
    },
  };
}

const same = (...shape: number[]): Shapes => [shape, shape, shape];
const MASK = [1, 0, 1, 1, 1, 0];

export const info: OpInfo = {
  ops: [],
  samples: [
    sample("one head", same(5, 4)),
    sample("a batch of heads", same(2, 3, 7, 8)),
    sample("other keys and values", [
      [2, 3, 4],
      [2, 5, 4],
      [2, 5, 6],
    ]),
    sample("a scale", same(3, 4), { scale: 2 }),
    sample("causal", same(2, 5, 4), { isCausal: true }, (i, j) => (j > i ? -1e9 : 0)),
    {
      ...sample(
        "some left out",
        [
          [2, 4],
          [3, 4],
          [3, 4],
        ],
        {},
        (i, j) => (MASK[i * 3 + j] === 0 ? -1e9 : 0),
      ),
      run: (q, k, v) =>
        scaledDotProductAttention(q, k, v, {
          attnMask: tensor(Int32Array.from(MASK), { shape: [2, 3] }),
        }),
    },
    {
      ...sample(
        "something added to the scores",
        [
          [2, 4],
          [3, 4],
          [3, 4],
        ],
        {},
        (_, j) => j / 2,
      ),
      run: (q, k, v) =>
        scaledDotProductAttention(q, k, v, { attnMask: arange(3, { dtype: "f32" }).mul(0.5) }),
    },
  ],
  errors: [
    {
      label: "features that differ",
      run: () => scaledDotProductAttention(randn([2, 3]), randn([2, 4]), randn([2, 4])),
      error: /scaledDotProductAttention: query \[2, 3\] and key \[2, 4\] differ in their last/,
    },
    {
      label: "keys without values",
      run: () => scaledDotProductAttention(randn([2, 3]), randn([4, 3]), randn([2, 3])),
      error: /key \[4, 3\] and value \[2, 3\] differ in their last dimension but one/,
    },
    {
      label: "a vector",
      run: () => scaledDotProductAttention(randn([3]), randn([4, 3]), randn([4, 3])),
      error: /the query has shape \[3\]; \[\.\.\., L, E\] is expected/,
    },
    {
      label: "an option of another name",
      run: () =>
        scaledDotProductAttention(
          randn([2, 3]),
          randn([2, 3]),
          randn([2, 3]),
          mistyped({ mask: 1 }),
        ),
      error: /unknown option "mask"/,
    },
  ],
};
