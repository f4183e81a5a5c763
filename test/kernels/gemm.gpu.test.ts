// Every variant of the matrix product, in both orientations, against float64.
import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { download, type NDArray, upload } from "../../src/kernels/index.ts";
import { gemm, productOf } from "../../src/kernels/matmul/gemm.ts";
import type { Gemm } from "../../src/kernels/matmul/problem.ts";
import type { ProductVariant } from "../../src/kernels/matmul/product_variant.ts";
import { products } from "../../src/kernels/matmul/variants.ts";
import { type Choice, labelOf } from "../../src/kernels/variants/variant.ts";
import { expectClose } from "../ops/compare.ts";
import { uniform } from "../ops/seeded.ts";

const { features, profile } = currentDevice();

interface Case {
  m: number;
  n: number;
  k: number;
  batches?: number;
  transposeA?: boolean;
  transposeB?: boolean;
  bias?: boolean;
  relu?: boolean;
}

function host(size: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(uniform(size, seed));
}

function problem(test: Case): { gemm: Gemm; expected: Float64Array; arrays: NDArray[] } {
  const { m, n, k, batches = 1, transposeA, transposeB } = test;
  const [a, b, bias] = [host(batches * m * k, 1), host(batches * k * n, 2), host(n, 3)];
  const expected = new Float64Array(batches * m * n);
  for (let t = 0; t < batches; t++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = test.bias ? bias[j]! : 0;
        for (let l = 0; l < k; l++) {
          const left = a[t * m * k + (transposeA ? l * m + i : i * k + l)]!;
          sum += left * b[t * k * n + (transposeB ? j * k + l : l * n + j)]!;
        }
        expected[(t * m + i) * n + j] = test.relu ? Math.max(0, sum) : sum;
      }
  const left = upload(a, [a.length], "f32");
  const right = upload(b, [b.length], "f32");
  const added = upload(bias, [n], "f32");
  return {
    expected,
    arrays: [left, right, added],
    gemm: {
      m,
      n,
      k,
      batches,
      a: {
        array: left,
        ...(transposeA
          ? { across: { step: 1 }, k: { step: m } }
          : { across: { step: k }, k: { step: 1 } }),
        batch: [0, 0, 0, m * k],
      },
      b: {
        array: right,
        ...(transposeB
          ? { across: { step: k }, k: { step: 1 } }
          : { across: { step: 1 }, k: { step: n } }),
        batch: [0, 0, 0, k * n],
      },
      epilogue: { bias: test.bias ? added : null, activation: test.relu ? "relu" : "none" },
    },
  };
}

/** Every way to compute a product with one variant, whether or not it would be chosen; the cheapest first. */
function choices(variant: ProductVariant, problem: Gemm): Choice<ProductVariant>[] {
  const product = productOf(problem);
  const settings = variant.settings?.(product, profile) ?? [{}];
  return settings
    .map((one) => ({ variant, settings: one, cost: variant.cost(product, profile, one) }))
    .sort((a, b) => a.cost - b.cost);
}

async function check(
  test: Case,
  pick: (problem: Gemm) => readonly Choice<ProductVariant>[],
): Promise<void> {
  const { gemm: wanted, expected, arrays } = problem(test);
  const shape = [wanted.batches, test.m, test.n];
  for (const choice of pick(wanted)) {
    for (const array of arrays) expect(array.released).toBe(false);
    const out = gemm(wanted, shape, choice);
    const values = (await download(out)) as Float32Array;
    expectClose(labelOf(choice), values, expected, shape, 1e-5);
    out.release();
  }
  for (const array of arrays) array.release();
}

const cases: Case[] = [
  { m: 1, n: 1, k: 1 },
  { m: 3, n: 5, k: 7, bias: true },
  { m: 17, n: 33, k: 19, transposeA: true, bias: true, relu: true },
  { m: 33, n: 17, k: 40, transposeB: true, bias: true },
  { m: 65, n: 70, k: 33, transposeA: true, transposeB: true },
  { m: 5, n: 130, k: 260, bias: true, relu: true }, // split over K
  { m: 130, n: 5, k: 261, transposeB: true, bias: true },
  { m: 9, n: 12, k: 8, batches: 37, transposeA: true, bias: true },
];

const TRANSPOSITIONS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** Everything in fours, in each transposition. */
const inFours: Case[] = [
  { m: 12, n: 20, k: 8, bias: true, relu: true },
  { m: 36, n: 68, k: 20, transposeA: true, bias: true },
  { m: 36, n: 68, k: 20, transposeB: true, bias: true },
  { m: 36, n: 68, k: 20, transposeA: true, transposeB: true, batches: 2 },
  { m: 5, n: 8, k: 516, bias: true }, // split over K, rows not in fours
  { m: 84, n: 92, k: 64, transposeB: true },
  { m: 80, n: 96, k: 64, batches: 2 }, // large enough for the large tiles
];

it("variants are those for GPUs and those for processors", () => {
  const names = products.variants.map(({ name }) => name);
  expect(names).toEqual(["blocked", "quad", "vec4", "subgroup", "portable"]);
});

describe.each(products.variants)("$name matrix product", (variant) => {
  const vectors = ["vec4", "quad"].includes(variant.name);
  const needsSubgroups = vectors || variant.name === "subgroup";
  const taken = (test: Case) => !vectors || inFours.includes(test);

  it.for([...cases, ...inFours].filter(taken))("%j", async (test, { skip }) => {
    if (needsSubgroups && !features.has("subgroups")) skip("this adapter has no subgroups");
    await check(test, (problem) => choices(variant, problem).slice(0, 1));
  });

  it("is right in both orientations and with each tile", async ({ skip }) => {
    if (needsSubgroups && !features.has("subgroups")) skip("this adapter has no subgroups");
    const size = vectors ? { m: 36, n: 92, k: 32 } : { m: 35, n: 93, k: 75 };
    await check({ ...size, batches: 3, transposeA: true, bias: true }, (problem) => {
      const all = choices(variant, problem);
      const tried = all.filter(({ settings }) => !settings.LANES || settings.LANES === 8);
      expect(tried.length).toBeGreaterThan(variant.name === "quad" ? 0 : 1);
      return tried;
    });
  });

  it("is right with each tile in whole fours, in each transposition", async ({ skip }) => {
    if (needsSubgroups && !features.has("subgroups")) skip("this adapter has no subgroups");
    for (const [transposeA, transposeB] of TRANSPOSITIONS) {
      const test = { m: 36, n: 68, k: 76, transposeA, transposeB };
      await check(test, (problem) =>
        choices(variant, problem).filter(({ settings }) => !settings.LANES || settings.LANES === 8),
      );
    }
  });
});
