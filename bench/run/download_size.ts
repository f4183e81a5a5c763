/**
 * What a page downloads to train a VGG with Adam: gzipped bytes of the minified files without comments, made by Rolldown, the bundler of
 * Vite, from the packages as they are published. For Graft the package is built and installed in a temporary folder.
 *
 * Counted are the page's own file, what it imports statically, and what `init` and `fit` with validation would import
 * dynamically on a GPU (`whileTraining`: nothing; test/e2e/download.test.ts sees what a browser fetches). What
 * they import on a software adapter is counted apart. Not counted is what a page may do but need not to train:
 * reading weight files, checkpoints, pictures, tuning by measurement, half precision.
 */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type OutputChunk, rolldown } from "rolldown";
import { buildNode } from "../../tools/build.mjs";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** What a page needs of each library to train a VGG: everything its own build offers for that, not one line more. */
export const sources: Readonly<Record<string, string>> = {
  graft: `
    import { init, Trainer } from "graft/core";
    import { vgg16 } from "graft/models";
    import { Adam } from "graft/optim";
    Object.assign(globalThis, { init, vgg16, Adam, Trainer });`,
  tfjs: `
    import * as tf from "@tensorflow/tfjs-core";
    import { layers, sequential } from "@tensorflow/tfjs-layers";
    import "@tensorflow/tfjs-backend-webgpu";
    Object.assign(globalThis, { tf: tf.train, layers, sequential });`,
  jax: `
    import { init, jit, lax, nn, numpy, tree, valueAndGrad } from "@jax-js/jax";
    Object.assign(globalThis, { init, jit, lax, nn, numpy, tree, valueAndGrad });`,
};

/** Names of the files that Graft imports dynamically: on any adapter, and on a software adapter besides. */
export const whileTraining = { always: [] as string[], software: ["kernels"] };

export interface DownloadSize {
  /** Gzipped bytes that a page downloads to train on a GPU. */
  readonly downloadBytes: number;
  /** What a software adapter adds. */
  readonly softwareBytes: number;
}

/** A folder with the package as `npm install` would leave it. */
export async function installGraft(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "graft-download-"));
  const installed = join(folder, "node_modules/graft");
  await buildNode(join(installed, "dist"));
  await copyFile(join(repository, "package.json"), join(installed, "package.json"));
  return folder;
}

/** The page's files; `folder` is where its packages are installed. */
export async function bundlePage(folder: string, contents: string): Promise<OutputChunk[]> {
  const entry = join(folder, "page.js");
  const bundle = await rolldown({
    input: entry,
    platform: "browser",
    logLevel: "silent",
    external: [/^node:/, "fflate", "h5wasm", "pbf"],
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === entry ? entry : null),
        load: (id) => (id === entry ? contents : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true, comments: false });
  await bundle.close();
  return output.filter((file) => file.type === "chunk");
}

/** The files that loading some of them downloads at once. */
function startFiles(chunks: readonly OutputChunk[], first: readonly OutputChunk[]): OutputChunk[] {
  const found = new Set(first);
  for (const { imports } of found) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) found.add(chunk);
  }
  return [...found];
}

/** The files of the page at its start and with what it imports dynamically by these names. */
export function neededFiles(
  chunks: readonly OutputChunk[],
  dynamic: readonly string[],
): OutputChunk[] {
  const later = dynamic.map((name) => {
    const chunk = chunks.find((one) => one.isDynamicEntry && one.fileName.startsWith(`${name}-`));
    if (!chunk) throw new Error(`no file ${name} is imported dynamically any more`);
    return chunk;
  });
  return startFiles(chunks, [...chunks.filter(({ isEntry }) => isEntry), ...later]);
}

function gzipped(chunks: readonly OutputChunk[]): number {
  return chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
}

async function sizeOfGraft(): Promise<DownloadSize> {
  const folder = await installGraft();
  try {
    const chunks = await bundlePage(folder, sources.graft);
    const downloadBytes = gzipped(neededFiles(chunks, whileTraining.always));
    const all = neededFiles(chunks, [...whileTraining.always, ...whileTraining.software]);
    return { downloadBytes, softwareBytes: gzipped(all) - downloadBytes };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** undefined for a library that has no page here. */
export async function downloadSize(engine: string): Promise<DownloadSize | undefined> {
  const contents = sources[engine];
  if (contents === undefined) return undefined;
  if (engine === "graft") return sizeOfGraft();
  const chunks = await bundlePage(join(repository, "bench/peers"), contents);
  return { downloadBytes: gzipped(neededFiles(chunks, [])), softwareBytes: 0 };
}
