/** The folder that runs the suite on a machine with a GPU and no network. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const suite = fileURLToPath(new URL("../../tools/on_gpu/suite.mjs", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-on-gpu-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("is written into an empty folder only", async () => {
  await writeFile(join(folder, "mine.txt"), "kept");
  const refused = run(process.execPath, [suite, "--pack", folder]);
  await expect(refused).rejects.toThrow(/is not empty: give a folder that is, or a new one/);
  expect(await readFile(join(folder, "mine.txt"), "utf8")).toBe("kept");
});

it("says what it does, and refuses what it doesn't know", async () => {
  const { stdout } = await run(process.execPath, [suite, "--help"]);
  expect(stdout).toMatch(/--pack FOLDER .*64 MiB/);
  await expect(run(process.execPath, [suite, "--fast"])).rejects.toThrow(/Unknown option '--fast'/);
});
