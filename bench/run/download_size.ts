/**
 * What a page downloads to train a VGG with Adam: gzipped bytes of the files that Vite makes of it, from the packages
 * as they are published. For Graft the package is built and installed in a temporary folder.
 *
 * Counted are the page's own file, what it imports statically, and what `init` and `fit` with validation, on images of
 * floats, would import dynamically on a GPU (`whileTraining`: nothing; test/e2e/download.test.ts sees what a browser
 * fetches). What they import on a software adapter is counted apart. Not counted is what a page may do but need not to
 * train: reading weight files, checkpoints, pictures and their transforms (which images of bytes take too), tuning by
 * measurement.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildModules } from "../../tools/build.mjs";
import { bundlePage, type PageFile } from "../../tools/bundle_page.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** What a page needs of each library to train a VGG: everything its own build offers for that, not one line more. */
export const sources: Readonly<Record<string, string>> = {
  graft: `
    import { init, models, optim, Trainer } from "webgraft";
    Object.assign(globalThis, { init, vgg16: models.vgg16, Adam: optim.Adam, Trainer });`,
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
export const whileTraining = { always: [] as string[], software: ["variants"] };

export interface DownloadSize {
  /** Gzipped bytes that a page downloads to train on a GPU. */
  readonly downloadBytes: number;
  /** What a software adapter adds. */
  readonly softwareBytes: number;
}

/** A folder with the package as `npm install` would leave it. */
export async function installGraft(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "graft-download-"));
  const packages = join(folder, "node_modules");
  await buildModules(join(packages, "webgraft/dist"));
  const manifest = join(repository, "package.json");
  await copyFile(manifest, join(packages, "webgraft/package.json"));
  const { dependencies } = JSON.parse(await readFile(manifest, "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(packages, name)), { recursive: true }); // "@scope/name"
    await symlink(join(repository, "node_modules", name), join(packages, name), "junction");
  }
  return folder;
}

/** The files that loading some of them downloads at once. */
function startFiles(files: readonly PageFile[], first: readonly PageFile[]): PageFile[] {
  const found = new Set(first);
  for (const { imports } of found) {
    for (const file of files) if (imports.includes(file.fileName)) found.add(file);
  }
  return [...found];
}

/** The files of the page at its start and with what it imports dynamically by these names. */
export function neededFiles(files: readonly PageFile[], dynamic: readonly string[]): PageFile[] {
  const dynamicFiles = new Set(files.flatMap(({ dynamicImports }) => dynamicImports));
  const later = dynamic.map((name) => {
    const found = files.find(
      ({ fileName }) => dynamicFiles.has(fileName) && fileName.startsWith(`${name}-`),
    );
    if (!found) throw new Error(`no file ${name} is imported dynamically any more`);
    return found;
  });
  return startFiles(files, [...files.filter(({ isEntry }) => isEntry), ...later]);
}

function gzipped(files: readonly PageFile[]): number {
  return files.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
}

async function sizeOfGraft(): Promise<DownloadSize> {
  const root = await installGraft();
  try {
    const files = await bundlePage({ root, entries: { page: sources.graft }, forPage: true });
    const downloadBytes = gzipped(neededFiles(files, whileTraining.always));
    const all = neededFiles(files, [...whileTraining.always, ...whileTraining.software]);
    return { downloadBytes, softwareBytes: gzipped(all) - downloadBytes };
  } finally {
    await rm(root, { recursive: true });
  }
}

/** undefined for a library that has no page here. */
export async function downloadSize(engine: string): Promise<DownloadSize | undefined> {
  const page = sources[engine];
  if (page === undefined) return undefined;
  if (engine === "graft") return sizeOfGraft();
  const files = await bundlePage({
    root: join(repository, "bench/peers"),
    entries: { page },
    forPage: true,
  });
  return { downloadBytes: gzipped(neededFiles(files, [])), softwareBytes: 0 };
}
