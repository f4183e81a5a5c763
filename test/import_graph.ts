/** Who imports whom in this repository, read from the sources. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";
import { ownNames } from "../tools/entries.mjs";

export const repository = fileURLToPath(new URL("..", import.meta.url));

export interface Import {
  /** Path from the repository's root, or the specifier as written for a package or a Node module. */
  target: string;
  isPackage: boolean;
  /** Gone after compilation. */
  isType: boolean;
  isDynamic: boolean;
}

/** Every file below a folder of the repository with one of these endings; none when the folder is missing. */
export function filesBelow(folder: string, endings: readonly string[]): string[] {
  const root = join(repository, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.includes("node_modules")) // the bench's peers have their own
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .filter((path) => !path.split(sep).includes("node_modules"))
    .map((path) => `${folder}/${path.split(sep).join("/")}`)
    .sort();
}

function resolveImport(from: string, specifier: string): { target: string; isPackage: boolean } {
  if (specifier.startsWith(".")) {
    return { target: posix.join(posix.dirname(from), specifier), isPackage: false };
  }
  const own = ownNames[specifier];
  return own ? { target: own, isPackage: false } : { target: specifier, isPackage: true };
}

/** The imports and re-exports of one TypeScript file, also dynamic ones of a literal. */
export function importsOf(file: string): Import[] {
  const source = readFileSync(join(repository, file), "utf8");
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const found: Import[] = [];
  const add = (specifier: string, isType: boolean, isDynamic = false) =>
    found.push({ ...resolveImport(file, specifier), isType, isDynamic });
  for (const { moduleRequest, entries } of module.staticImports) {
    add(moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType));
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest) add(moduleRequest.value, isType);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^["'](.*)["']$/.exec(source.slice(moduleRequest.start, moduleRequest.end));
    if (literal) add(literal[1], false, true);
  }
  return found;
}

export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

export function importGraph(files: readonly string[]): ImportGraph {
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/**
 * Groups of files that import each other, directly or through others, whatever kind of import it is: the strongly
 * connected components of more than one file (Tarjan 1972).
 */
export function circles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    lowest.set(file, own);
    open.push(file);
    for (const { target } of graph.get(file) ?? []) {
      if (!graph.has(target) || target === file) continue;
      if (!order.has(target)) lowest.set(file, Math.min(lowest.get(file)!, visit(target)));
      else if (open.includes(target))
        lowest.set(file, Math.min(lowest.get(file)!, order.get(target)!));
    }
    if (lowest.get(file) === own) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1) found.push(group.sort());
    }
    return lowest.get(file)!;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** All files that loading `entry` can lead to at run time, at once or later. */
export function reachable(graph: ImportGraph, entry: string): string[] {
  const found = new Set([entry]);
  for (const file of found) {
    for (const { target, isType } of graph.get(file) ?? []) {
      if (!isType && graph.has(target)) found.add(target);
    }
  }
  return [...found];
}

/** Where a relative import leads nowhere. */
export function missingTargets(graph: ImportGraph): string[] {
  return [...graph].flatMap(([file, imports]) =>
    imports
      .filter(({ target, isPackage }) => !isPackage && !existsSync(join(repository, target)))
      .map(
        ({ target }) => `${file} imports ${relative(dirname(file), target)}, which doesn't exist`,
      ),
  );
}
