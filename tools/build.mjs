// Builds the package into dist/: `npm run build`, also run by `npm ci` and before publishing.
//
//   dist/**/*.js, *.d.ts      a file for each module of src/ and for each shader, for Node and for bundlers
//   dist/typescript5/*.d.ts   the declarations of the package's entries for TypeScript 5
//   dist/browser/index.js     all of it in one file and a few loaded later, for a page without a bundler
//
// Modules stay modules, so that a page's own bundler takes those that the page uses. package.json says in `sideEffects`
// which few of them do something when they are loaded; the others may be left out where nothing of theirs is used.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ownNames } from "./entries.mjs";
import { wgslEsbuild } from "./wgsl_plugin.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));

const shared = {
  absWorkingDir: repository,
  bundle: true,
  format: "esm",
  target: "es2022",
  // No source maps: the modules read like their sources, and maps to files that a package lacks are so many warnings.
  logLevel: "warning",
};

/** Files below a folder of the repository, as "src/nn/conv.ts". */
function filesBelow(folder) {
  const paths = readdirSync(join(repository, folder), { recursive: true });
  return paths.map((path) => `${folder}/${path.replaceAll("\\", "/")}`);
}

/** Where a source goes below dist/: src/nn/conv.ts to nn/conv.js, shaders/fill.wgsl to shaders/fill.wgsl.js. */
const outputOf = (source) => `${source.replace(/^src\//, "").replace(/\.ts$/, "")}.js`;

/** Leaves every import an import, of the file that its target becomes. */
const keepModules = {
  name: "keep modules",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, importer, resolveDir }) => {
      if (kind === "entry-point") return undefined;
      const [from, to] = [importer, join(resolveDir, path)].map((file) =>
        outputOf(relative(repository, file).replaceAll("\\", "/")),
      );
      const specifier = posix.relative(posix.dirname(from), to);
      return { path: specifier.startsWith(".") ? specifier : `./${specifier}`, external: true };
    });
  },
};

/** The JavaScript for Node and for bundlers. */
export async function buildModules(outdir) {
  const code = filesBelow("src").filter((path) => /(?<!\.d)\.ts$/.test(path));
  const shaders = filesBelow("shaders").filter((path) => path.endsWith(".wgsl"));
  await build({
    ...shared,
    entryPoints: [...code, ...shaders].map((path) => ({
      in: `./${path}`,
      out: outputOf(path).replace(/\.js$/, ""),
    })),
    plugins: [keepModules, wgslEsbuild()],
    outdir,
    platform: "neutral",
    packages: "external",
  });
}

function buildTypes(outdir) {
  const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
  const args = [tsc, "-p", "tsconfig.build.json", "--outDir", outdir];
  execFileSync(process.execPath, args, { cwd: repository, stdio: "inherit" });
}

/**
 * Declarations of the package's entries for TypeScript 5, which doesn't know WebGPU by itself: version 6 does, and minds it
 * being declared twice. package.json's exports choose by version.
 */
async function writeOlderTypes(outdir) {
  const folder = join(repository, outdir, "typescript5");
  await mkdir(folder);
  for (const [name, source] of Object.entries(ownNames)) {
    const file = `${name.split("/")[1] ?? "index"}.d.ts`;
    const declarations = [
      '/// <reference types="@webgpu/types" />',
      `export * from "../${outputOf(source)}";`,
    ];
    await writeFile(join(folder, file), `${declarations.join("\n")}\n`);
  }
}

/** Bundles for a page without a bundler; gives what esbuild tells of the files. */
async function buildBrowser(outdir) {
  const { metafile } = await build({
    ...shared,
    entryPoints: { index: "src/index.ts" },
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    minify: true,
    metafile: true,
    plugins: [wgslEsbuild()],
    outdir,
    platform: "browser",
  });
  return metafile.outputs;
}

/** Output files that loading `entry` downloads at once; what is imported dynamically waits until it is needed. */
function staticClosure(outputs, entry) {
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, kind, external } of outputs[file].imports) {
      if (kind === "import-statement" && !external) found.add(path);
    }
  }
  return [...found];
}

async function gzippedSize(files) {
  const contents = await Promise.all(files.map((file) => readFile(join(repository, file))));
  return contents.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0);
}

/** Built aside and moved into place at the end, so that a failed build leaves the last good one. */
async function main() {
  const fresh = ".dist-new";
  await rm(join(repository, fresh), { recursive: true, force: true });
  try {
    const [outputs] = await Promise.all([buildBrowser(`${fresh}/browser`), buildModules(fresh)]);
    buildTypes(fresh);
    await writeOlderTypes(fresh);
    await chmod(join(repository, fresh, "cli/main.js"), 0o755);
    const size = await gzippedSize(staticClosure(outputs, `${fresh}/browser/index.js`));
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
