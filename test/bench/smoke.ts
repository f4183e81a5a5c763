/** Runs `npm run bench` at its smallest, and says whether what it timed is right. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { Run } from "../../bench/types.ts";
import { adapterChoice } from "../gpu_adapter.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** @returns what the run wrote and printed. */
export async function bench(...options: string[]): Promise<{ run: Run; output: string }> {
  const out = await mkdtemp(join(tmpdir(), "graft-bench-test-"));
  try {
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
  } finally {
    await rm(out, { recursive: true });
  }
}

/** No row failed, and each gave the numbers that it is checked against. */
export function expectRight({ rows, problems }: Run): void {
  expect(problems).toEqual([]);
  for (const { id, results } of rows) {
    for (const { engine, error, check } of results) {
      expect(error, `${id} ${engine}`).toBeUndefined();
      expect(check?.passed ?? true, `${id} ${engine}`).toBe(true);
    }
  }
}
