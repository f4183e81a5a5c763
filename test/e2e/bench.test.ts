/** The bench runs end to end and what it times is right. Its times mean nothing here and are not looked at. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bench, expectRight, repository } from "../bench/smoke.ts";

const peersInstalled = existsSync(join(repository, "bench/peers/node_modules/@jax-js/jax"));

describe("npm run bench", () => {
  it("checks and measures every kind of workload in Chromium", async () => {
    const { run, output } = await bench("--peers", "none");
    expectRight(run);
    expect(run.place).toBe("chromium");
    expect(run.complete).toBe(true);
    const groups = new Set(run.rows.map(({ group }) => group));
    expect([...groups].sort()).toEqual([
      "cold",
      "conv",
      "fine-tune",
      "matmul",
      "saving",
      "scaling",
      "step",
      "training",
    ]);
    expect(run.ceiling?.flopsPerSecond).toBeGreaterThan(1e6);
    expect(output).toContain("matmul 64³");
  });

  it.runIf(peersInstalled)("agrees with the peers on results and losses", async () => {
    const { run } = await bench("--peers", "jax,tfjs", "--rows", "^(matmul|train)");
    expectRight(run);
    for (const { results } of run.rows) {
      expect(results.map(({ engine }) => engine)).toEqual(["graft", "jax", "tfjs"]);
    }
  });
});
