import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Metafile, type OutputFile } from "esbuild";
import { wgslEsbuild } from "../../tools/wgsl_plugin.mjs";

const bench = fileURLToPath(new URL("..", import.meta.url));

/** What a page needs of each library to train a VGG: everything its own build offers for that, not one line more. */
const sources: Readonly<Record<string, string>> = {
  graft: `
    import { init, Trainer } from "graft/core";
    import { vgg16 } from "graft/models";
    import { SGD } from "graft/optim";
    import { freeze } from "graft/transfer";
    Object.assign(globalThis, { init, vgg16, SGD, Trainer, freeze });`,
  tfjs: `
    import * as tf from "@tensorflow/tfjs-core";
    import { layers, sequential } from "@tensorflow/tfjs-layers";
    import "@tensorflow/tfjs-backend-webgpu";
    Object.assign(globalThis, { tf: tf.train, layers, sequential });`,
  jax: `
    import { init, jit, lax, nn, numpy, tree, valueAndGrad } from "@jax-js/jax";
    Object.assign(globalThis, { init, jit, lax, nn, numpy, tree, valueAndGrad });`,
};

/** Output files that loading `entry` downloads at once; what is imported dynamically waits until it is needed. */
function startFiles({ outputs }: Metafile, entry: string): Set<string> {
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, kind, external } of outputs[file].imports) {
      if (kind === "import-statement" && !external) found.add(path);
    }
  }
  return found;
}

function gzipped(files: readonly OutputFile[]): number {
  return files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}

/** Gzipped bytes of the minified bundle; null for a library that has no entry here. */
export async function downloadBytes(engine: string): Promise<number | undefined> {
  const contents = sources[engine];
  if (contents === undefined) return undefined;
  const folder = engine === "graft" ? bench : join(bench, "peers");
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder, sourcefile: "entry.js" },
    absWorkingDir: bench,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    metafile: true,
    write: false,
    outdir: "out",
    logLevel: "silent",
    plugins: [wgslEsbuild({ minify: true })],
  });
  // What is imported dynamically is an entry too, for esbuild.
  const entry = Object.keys(metafile.outputs).find((path) =>
    metafile.outputs[path].entryPoint?.endsWith("entry.js"),
  );
  if (!entry) return undefined;
  const needed = [...startFiles(metafile, entry)].map((path) => join(bench, path));
  return gzipped(outputFiles.filter(({ path }) => needed.includes(path)));
}
