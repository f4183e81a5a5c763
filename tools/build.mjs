// Builds the package into dist/: `npm run build`, also run by `npm ci` and before publishing.
//
//   dist/index.js, node.js, cli.js   ESM for Node and for bundlers; all entries share one instance of the core
//   dist/core.js, models.js, …       the parts of index.js, for small pages (tools/entries.mjs)
//   dist/browser/index.js            the same for a page without a bundler: nothing left to resolve
//   dist/types/                      declarations
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { entries, namespaces } from "./entries.mjs";
import { shaderEntry, shaderModule } from "./shader_module.mjs";
import { wgslEsbuild } from "./wgsl_plugin.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));

const shared = {
  absWorkingDir: repository,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  sourcemap: true,
  // The sources are on GitHub; with them the maps would triple the package.
  sourcesContent: false,
  metafile: true,
  logLevel: "warning",
  // Code is left readable for Node and for bundlers, which minify themselves; nobody minifies shaders for us.
  plugins: [wgslEsbuild({ minify: true })],
};

/**
 * Leaves `export * as models from "./models/index.ts"` an import of dist/models.js. As an object made by esbuild it
 * would hold all of its members in every page; from a module, bundlers take only what is named.
 */
const namespaceModules = {
  name: "namespaces",
  setup({ onResolve }) {
    const names = new Map(Object.entries(namespaces).map(([name, path]) => [path, name]));
    onResolve({ filter: /^\.\/.*\.ts$/ }, ({ path, importer, resolveDir }) => {
      const name = names.get(relative(repository, join(resolveDir, path)).replaceAll("\\", "/"));
      const isIndex = ["index.ts", "core.ts"].includes(basename(importer));
      return name && isIndex ? { path: `./${name}.js`, external: true } : undefined;
    });
  },
};

/**
 * Marks calls at the top level of functions that are declared free of side effects, which esbuild only does within one
 * file: bundlers then take out the ops that a page doesn't use.
 */
const pureCalls = {
  name: "pure calls",
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]autograd[\\/]ops[\\/][\w\\/]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(
        /^((?:export )?const \w+ =)( define\w*[<(])/gm,
        "$1 /* @__PURE__ */$2",
      ),
      loader: "ts",
    }));
  },
};

/** Modules that do something when they are loaded, though nothing is imported from them. */
const ACTING = ["src/autograd/methods.ts", "src/node.ts", "src/cli/main.ts"];

/**
 * Takes out `import "./chunk.js"`, which esbuild writes for the order of side effects, where there are none: bundlers
 * would keep such chunks together with the page's own code. Lines keep their numbers, for source maps.
 */
async function withoutIdleImports({ outputs }) {
  const acts = new Map(
    Object.entries(outputs).map(([file, { inputs }]) => [
      basename(file),
      ACTING.some((path) => path in inputs),
    ]),
  );
  const files = Object.keys(outputs).filter((file) => file.endsWith(".js"));
  await Promise.all(
    files.map(async (file) => {
      const path = join(repository, file);
      const code = await readFile(path, "utf8");
      const kept = code.replace(/^import "\.\/(.*)";$/gm, (line, name) =>
        acts.get(name) === false ? "" : line,
      );
      await writeFile(path, kept);
    }),
  );
}

/** One run for all entries, so that what they share becomes one chunk and not two copies of the engine. */
export async function buildNode(outdir) {
  const { metafile } = await build({
    ...shared,
    entryPoints: { ...entries, ...namespaces, shaders: shaderEntry, cli: "src/cli/main.ts" },
    plugins: [namespaceModules, pureCalls, shaderModule, ...shared.plugins],
    // Beside the entries: what leads to another file does so from any chunk.
    chunkNames: "[name]-[hash]",
    outdir,
    platform: "neutral",
    packages: "external",
    external: ["node:*"],
  });
  await withoutIdleImports(metafile);
}

function buildBrowser(outdir) {
  return build({
    ...shared,
    entryPoints: { index: "src/index.ts" },
    chunkNames: "chunks/[name]-[hash]",
    outdir,
    platform: "browser",
    minify: true,
  });
}

function buildTypes(outdir) {
  const tsc = createRequire(import.meta.url).resolve("typescript/package.json");
  const args = [join(tsc, "../bin/tsc"), "-p", "tsconfig.build.json", "--outDir", outdir];
  execFileSync(process.execPath, args, { cwd: repository, stdio: "inherit" });
}

/** Output files that loading `entry` downloads at once; what is imported dynamically waits until it is needed. */
function staticClosure(metafile, entry) {
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, kind, external } of metafile.outputs[file].imports) {
      if (kind === "import-statement" && !external) found.add(path);
    }
  }
  return [...found];
}

async function gzippedSize(files) {
  const contents = await Promise.all(files.map((file) => readFile(join(repository, file))));
  return contents.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0);
}

/** Bytes, gzipped, that a page without a bundler downloads at once; `outdir` relative to the repository. */
async function browserSize(metafile, outdir) {
  return gzippedSize(staticClosure(metafile, `${outdir}/index.js`));
}

/** Built aside and moved into place at the end, so that a failed build leaves the last good one. */
async function main() {
  const fresh = ".dist-new";
  await rm(join(repository, fresh), { recursive: true, force: true });
  try {
    const [, browser] = await Promise.all([buildNode(fresh), buildBrowser(`${fresh}/browser`)]);
    buildTypes(`${fresh}/types`);
    const cli = join(repository, fresh, "cli.js");
    if (existsSync(cli)) await chmod(cli, 0o755);
    const size = await browserSize(browser.metafile, `${fresh}/browser`);
    await rm(join(repository, "dist"), { recursive: true, force: true });
    await rename(join(repository, fresh), join(repository, "dist"));
    const kilobytes = (size / 1024).toFixed(1);
    console.log(
      `built dist/; without a bundler, a page downloads ${kilobytes} KB (gzip), everything included`,
    );
  } finally {
    await rm(join(repository, fresh), { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(`build failed: ${error.message}`);
    process.exitCode = 1;
  });
}
