import { join } from "node:path";
import { build } from "esbuild";
import { ownNames } from "../entries.mjs";
import { wgslEsbuild } from "../wgsl_plugin.mjs";

/**
 * Bundles the script that the studio puts into pages that predict: one file, with whatever it may need, since such a page has
 * no place to load more from.
 */
export async function buildPredictPage(repository: string, outDir: string): Promise<void> {
  await build({
    absWorkingDir: repository,
    entryPoints: ["demos/studio/take_away/predict_page.ts"],
    outfile: join(outDir, "studio/predict_page.js"),
    ...{ bundle: true, format: "iife", minify: true, target: "es2022", logLevel: "warning" },
    alias: Object.fromEntries(
      Object.entries(ownNames).map(([name, path]) => [name, join(repository, path)]),
    ),
    plugins: [wgslEsbuild()],
  });
}
