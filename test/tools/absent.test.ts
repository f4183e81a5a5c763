/** A fresh machine has neither real data nor Python: the tests that need them are skipped there, and the others run. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);

/** Files with a group of tests that is left out where something is absent. Vitest reads such a group all the same. */
function filesWithSkippedGroups(): string[] {
  const names = readdirSync(join(repository, "test"), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".test.ts") && !name.endsWith(".gpu.test.ts"))
    .map((name) => join("test", name))
    .filter((name) => /describe\.skipIf\(/.test(readFileSync(join(repository, name), "utf8")));
}

it("reads every test file where data and Python are absent", { timeout: 240_000 }, () => {
  const absent = {
    GRAFT_SHARED_DATA: "/no/such/folder",
    GRAFT_PYTHON: "/no/such/python",
    GRAFT_TEST_NOTES: "", // nothing is absent from the run that this test is part of
  };
  const list = [vitest, "list", "--project=cpu", ...filesWithSkippedGroups()];
  const { status, stderr } = spawnSync(process.execPath, list, {
    cwd: repository,
    encoding: "utf8",
    env: { ...process.env, ...absent },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
