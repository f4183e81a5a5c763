// Every variant of the matrix product, in both orientations, against float64.
import { beforeAll, describe, expect, it } from "vitest";
import { currentDevice, type Device } from "../../src/gpu/index.ts";
import { download, type NDArray, upload } from "../../src/kernels/index.ts";
import { type Gemm, gemm } from "../../src/kernels/matmul/gemm.ts";
import {
  chooseGemm,
  gemmCandidates,
  rememberGemm,
  setGemmVariant,
} from "../../src/kernels/tuning/tuning.ts";
import { expectClose } from "../ops/compare.ts";
import { uniform } from "../ops/seeded.ts";

let device: Device;
beforeAll(() => {
  device = currentDevice();
});

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
      bias: test.bias ? added : null,
      activation: test.relu ? "relu" : "none",
    },
  };
}

async function check(test: Case): Promise<void> {
  const { gemm: wanted, expected, arrays } = problem(test);
  const shape = [wanted.batches, test.m, test.n];
  for (const array of [...arrays]) expect(array.released).toBe(false);
  const out = gemm(wanted, shape);
  expectClose("product", (await download(out)) as Float32Array, expected, shape, 1e-5);
  for (const array of [...arrays, out]) array.release();
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
  { m: 80, n: 96, k: 64, batches: 2 }, // large enough for the large tiles
  // everything in fours, in each transposition
  { m: 12, n: 20, k: 8, bias: true, relu: true },
  { m: 36, n: 68, k: 20, transposeA: true, bias: true },
  { m: 36, n: 68, k: 20, transposeB: true, bias: true },
  { m: 36, n: 68, k: 20, transposeA: true, transposeB: true, batches: 2 },
  { m: 5, n: 8, k: 516, bias: true }, // split over K, rows not in fours
  { m: 84, n: 92, k: 64, transposeB: true },
];

describe.each(["portable", "subgroup", "vec4", "quad", "tiled"] as const)(
  "%s matrix product",
  (variant) => {
    const needsSubgroups = ["subgroup", "vec4", "quad"].includes(variant);
    for (const test of cases) {
      it(JSON.stringify(test), async ({ skip }) => {
        if (needsSubgroups && !device.features.has("subgroups"))
          skip("this adapter has no subgroups");
        setGemmVariant(variant);
        try {
          await check(test);
        } finally {
          setGemmVariant(null);
        }
      });
    }

    it("is right in both orientations and with each tile", async ({ skip }) => {
      if (needsSubgroups && !device.features.has("subgroups"))
        skip("this adapter has no subgroups");
      const inFours = variant === "vec4" || variant === "quad";
      const size = inFours
        ? { m: 36, n: 92, k: 32, batches: 3 }
        : { m: 35, n: 93, k: 31, batches: 3 };
      const vec4 = { plain: inFours, swapped: false, steps: inFours };
      setGemmVariant(variant);
      const candidates = gemmCandidates(device, size, vec4);
      setGemmVariant(null);
      const tried = candidates.filter(({ constants }) => !constants.LANES || constants.LANES === 8);
      expect(tried.length).toBeGreaterThan(variant === "quad" ? 0 : 1);
      expect(new Set(tried.map((choice) => choice.variant))).toEqual(new Set([variant]));
      for (const choice of tried) {
        rememberGemm(device, size, vec4, choice);
        expect(chooseGemm(device, size, vec4)).toBe(choice);
        await check({ ...size, transposeA: true, bias: true });
      }
    });
  },
);
