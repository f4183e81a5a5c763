/** Every public name has a docstring, and what docstrings link to is there. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { repository } from "../import_graph.ts";

it("has a docstring for every public name", async () => {
  const args = ["--import", "./tools/register.mjs", "tools/docs/build.ts", "--check"];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: repository });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual([]);
}, 120_000);
