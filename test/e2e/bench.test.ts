/** The bench runs end to end and what it times is right. Its times mean nothing here and are not looked at. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Run } from "../../bench/types.ts";
import { adapterChoice } from "../gpu_adapter.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const peersInstalled = existsSync(join(repository, "bench/peers/node_modules/@jax-js/jax"));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-bench-test-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function bench(...options: string[]): Promise<{ run: Run; output: string }> {
  const out = await mkdtemp(join(folder, "out-"));
  const command = ["--import", "./tools/register.mjs", "bench/main.ts", "--smoke", "--out", out];
  // Ends with 1 when one of Graft's own rows failed; the rows say more than that.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...command, "--adapter", adapterChoice(), ...options],
    { cwd: repository },
  ).catch((error: Error & { stdout?: string }) => {
    if (error.stdout?.includes("wrote ")) return { stdout: error.stdout };
    throw error;
  });
  const files = await readdir(out);
  const json = files.find((name) => name.endsWith(".json"));
  expect(files.filter((name) => name.endsWith(".html"))).toHaveLength(1);
  return { run: JSON.parse(await readFile(join(out, json ?? ""), "utf8")), output: stdout };
}

function expectRight({ rows, problems }: Run): void {
  expect(problems).toEqual([]);
  for (const { id, results } of rows) {
    for (const { engine, error, check } of results) {
      expect(error, `${id} ${engine}`).toBeUndefined();
      expect(check?.passed ?? true, `${id} ${engine}`).toBe(true);
    }
  }
}

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

  it("runs in Node", async () => {
    const { run } = await bench("--node", "--rows", "^(matmul|train|step)");
    expectRight(run);
    expect(run.place).toBe("node");
    expect(run.complete).toBe(false);
  });

  it.runIf(peersInstalled)("agrees with the peers on results and losses", async () => {
    const { run } = await bench("--peers", "jax,tfjs", "--rows", "^(matmul|train)");
    expectRight(run);
    for (const { results } of run.rows) {
      expect(results.map(({ engine }) => engine)).toEqual(["graft", "jax", "tfjs"]);
    }
  });
});
