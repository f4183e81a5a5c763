/** Bundles code for a page with Vite, as the library's users do: for the bench and its report, and for tests. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AliasOptions, build, type Plugin, type Rolldown } from "vite";
import { wgslPlugin } from "./wgsl_plugin.mjs";

/** One file of JavaScript, and the names of those that it imports. */
export type PageFile = Rolldown.OutputChunk;

export interface BundleOptions {
  /** TypeScript by the name of the file that it becomes, without ending. */
  readonly entries: Readonly<Record<string, string>>;
  /** The folder in which that code is taken to stand: its imports are resolved from there. The repository unless given. */
  readonly root?: string;
  /** Other places for packages. */
  readonly alias?: AliasOptions;
  /** Whether these are a page's own scripts, from which nothing is imported: what they share with code that is loaded later may then stand in them. */
  readonly forPage?: boolean;
  /** For workers too, which have no document in which Vite could load files ahead. */
  readonly forWorkers?: boolean;
}

const repository = fileURLToPath(new URL("..", import.meta.url));

/** Lets code be imported by a path at which there is no file. */
function virtualFiles(files: ReadonlyMap<string, string>): Plugin {
  return {
    name: "virtual files",
    enforce: "pre",
    resolveId: (id) => (files.has(id) ? id : undefined),
    load: (id) => files.get(id),
  };
}

/** @returns the files, entries first; nothing is written. */
export async function bundlePage(options: BundleOptions): Promise<PageFile[]> {
  const { entries, root = repository, alias, forPage = false, forWorkers = false } = options;
  const path = (name: string) => join(root, `${name}.entry.ts`);
  const input = Object.fromEntries(Object.keys(entries).map((name) => [name, path(name)]));
  const code = new Map(Object.entries(entries).map(([name, text]) => [path(name), text]));
  const result = await build({
    configFile: false,
    root,
    logLevel: "silent",
    publicDir: false,
    plugins: [virtualFiles(code), wgslPlugin()],
    resolve: { alias },
    build: {
      write: false,
      target: "es2022",
      modulePreload: forWorkers ? false : undefined,
      rolldownOptions: {
        input,
        preserveEntrySignatures: forPage ? false : "strict",
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
  const outputs = [result].flat().flatMap((one) => ("output" in one ? one.output : []));
  return outputs.filter((file) => file.type === "chunk");
}

export async function writePage(folder: string, files: readonly PageFile[]): Promise<void> {
  await Promise.all(files.map(({ fileName, code }) => writeFile(join(folder, fileName), code)));
}
