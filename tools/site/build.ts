/**
 * The pages as static files that any server can show: `npm run build:site [-- --out FOLDER]`.
 *
 * Every `index.html` below `demos/` becomes a page at the same place. Beside them: the scripts in `assets/`, the
 * documentation in `docs/`, a service worker that keeps the pages for when there is no network, and `_headers`, which some hosts read.
 */
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";
import { buildDocs } from "../docs/build.ts";
import { sourceAliases } from "../entries.mjs";
import { wgslPlugin } from "../wgsl_plugin.mjs";
import { examplesPlugin } from "./examples.ts";
import { headPlugin } from "./head.ts";
import { writeServiceWorker } from "./offline.ts";
import { policyOf, policyPlugin } from "./policy.ts";
import { buildPredictPage } from "./predict_page.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const root = join(repository, "demos");

/** The other pages, as addresses from the documentation's folder. */
const PAGES = {
  Start: "../",
  Studio: "../studio/",
  Examples: "../examples/",
  Benchmark: "../benchmark/",
};

/** Builds the site into a folder, which is emptied first. @param docs whether with the documentation, which takes half a minute. */
export async function buildSite(outDir: string, { docs = false } = {}): Promise<void> {
  await build({
    configFile: false,
    root,
    base: "./",
    logLevel: "error",
    plugins: [wgslPlugin(), examplesPlugin(), headPlugin(), policyPlugin()],
    resolve: { alias: sourceAliases(repository) },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    worker: {
      format: "es",
      plugins: () => [wgslPlugin(), examplesPlugin()],
      rolldownOptions: { output: { entryFileNames: workerFile } },
    },
    build: {
      ...{ outDir, emptyOutDir: true, target: "es2022", sourcemap: false },
      assetsInlineLimit: 0, // an address within a page's own is one that the policy lets through
      rolldownOptions: { input: pages() },
    },
  });
  if (docs) await buildDocs(join(outDir, "docs"), PAGES);
  await buildPredictPage(repository, outDir);
  await writeFile(join(outDir, "_headers"), headersOf(outDir));
  await writeServiceWorker(outDir);
}

/** A server's policy for a worker is that of its script: the one that connects to other sites lies with its page. */
function workerFile({ name }: { name: string }): string {
  return `${name === "weights_worker" ? "studio" : "assets"}/[name]-[hash].js`;
}

/** The policies as some hosts read them: a rule for each place, as policies of several rules would all hold. */
function headersOf(outDir: string): string {
  const entries = readdirSync(outDir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${name}/`);
  return ["", "index.html", "service_worker.js", ...folders]
    .map((path) => [path, path.endsWith("/") ? `${path}*` : path])
    .map(([path, rule]) => `/${rule}\n  Content-Security-Policy: ${policyOf(path)}\n`)
    .join("");
}

/** The HTML files of all pages. */
function pages(): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" });
  return paths.filter((path) => /(^|[/\\])index\.html$/.test(path)).map((path) => join(root, path));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: "string", default: "dist-site" } } });
  const out = resolve(values.out);
  await buildSite(out, { docs: true });
  console.log(`The pages are in ${out}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error: Error) => {
    console.error(`build:site: ${error.message}`);
    process.exitCode = 1;
  });
}
