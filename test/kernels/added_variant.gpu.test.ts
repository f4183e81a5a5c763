/** What CONTRIBUTING says of adding a kernel variant: an object and its place in the list are enough. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { init, randn, settleTuning, tuningTable } from "../../src/index.ts";
import { blocked } from "../../src/kernels/matmul/blocked.ts";
import type { ProductVariant } from "../../src/kernels/matmul/product_variant.ts";
import { products } from "../../src/kernels/matmul/variants.ts";

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "graft-added-"));
  vi.stubEnv("GRAFT_CACHE", cache);
});
afterAll(() => {
  vi.unstubAllEnvs();
  return rm(cache, { recursive: true });
});

it("a variant that is added computes what it covers, and is timed with the others", async () => {
  let runs = 0;
  const mine: ProductVariant = {
    name: "mine",
    sources: blocked.sources,
    covers: ({ m }) => m === 24,
    cost: () => 0,
    tile: () => blocked.tile({ SIDE: 8 }),
    run(job) {
      runs++;
      blocked.run(job, { SIDE: 8 });
    },
  };
  const [a, b] = [randn([24, 40]), randn([40, 12])];
  const expected = await a.matmul(b).data();
  products.add(mine);
  onTestFinished(() => products.remove(mine)); // other files share the list
  const found = await a.matmul(b).data();
  expect(runs).toBe(1);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(Number(expected[i]), 4);
  });
  await randn([25, 40]).matmul(b).data();
  expect(runs).toBe(1);

  await init({ tuning: "measure" });
  a.matmul(b);
  await settleTuning();
  const row = tuningTable().find(({ shape }) => shape === "24×40 · 40×12");
  expect(row?.candidates.map(({ variant }) => variant)).toContain("mine");
});
