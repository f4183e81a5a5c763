import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest_first.ts";
import { sourceAliases } from "./tools/entries.mjs";
import { wgslPlugin } from "./tools/wgsl_plugin.mjs";

/**
 * Dawn can't be loaded in worker threads twice, hence processes. Two of them: half of a GPU test's time is imports,
 * pipelines and waiting, and more would only wait for the adapter.
 */
const shared = { pool: "forks" as const, environment: "node", maxWorkers: 2 };
/** A process keeps its modules from file to file: loading them anew takes as long as most files' tests. */
const keepsModules = { isolate: false };
const gpuTests = "test/**/*.gpu.test.ts";
const packageTests = "test/package/**/*.test.ts";
const browserTests = "test/e2e/**/*.test.ts";

export default defineConfig({
  plugins: [wgslPlugin()],
  resolve: {
    alias: sourceAliases(fileURLToPath(new URL("./", import.meta.url))),
  },
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          ...keepsModules,
          name: "cpu",
          include: ["test/**/*.test.ts"],
          exclude: [gpuTests, packageTests, browserTests],
          testTimeout: 60_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          ...keepsModules,
          name: "gpu",
          include: [gpuTests],
          setupFiles: ["test/gpu_setup.ts", "test/gpu_each.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "package",
          include: [packageTests],
          globalSetup: ["test/package/one_install.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "e2e",
          include: [browserTests],
          globalSetup: ["test/e2e/one_site.ts"],
          maxWorkers: 3, // one of them waits most of the time, see test/longest_first.ts
          testTimeout: 600_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
