import type { Tensor } from "../autograd/index.ts";
import type { Module } from "../nn/index.ts";

/**
 * Which modules a pattern means: a path ("classifier", "features.0"), a range of positions
 * ("features.24-", "features.0-10", "features.-23"), or a RegExp tested on paths.
 * @returns the topmost modules that match, with their paths.
 * @throws Error naming what there is when nothing matches.
 */
export function selectModules(model: Module, pattern: string | RegExp): [string, Module][] {
  const chosen = modulesOf(model, matcher(model, pattern));
  if (chosen.length > 0) return chosen;
  throw nothingMatches(model, pattern);
}

/**
 * The same, and besides the single parameters that a path ("classifier.6.bias") or a RegExp means.
 * @throws Error naming what there is when nothing matches.
 */
export function selectTrainable(
  model: Module,
  pattern: string | RegExp,
): [string, Module | Tensor][] {
  const matches = matcher(model, pattern);
  const modules = modulesOf(model, matches);
  const parameters = model
    .namedParameters()
    .filter(([path]) => matches(path) && !modules.some(([above]) => path.startsWith(`${above}.`)));
  const chosen = [...modules, ...parameters];
  if (chosen.length > 0) return chosen;
  throw nothingMatches(model, pattern);
}

function modulesOf(model: Module, matches: (path: string) => boolean): [string, Module][] {
  const chosen: [string, Module][] = [];
  for (const [path, module] of model.namedModules()) {
    if (path === "" || !matches(path)) continue;
    if (!chosen.some(([above]) => path.startsWith(`${above}.`))) chosen.push([path, module]);
  }
  return chosen;
}

function nothingMatches(model: Module, pattern: string | RegExp): Error {
  const paths = [...model.namedModules()]
    .map(([path]) => path)
    .filter((path) => path.split(".").length <= 2);
  return new Error(`no layer matches ${pattern}; there are ${paths.slice(1, 60).join(", ")}`);
}

function matcher(model: Module, pattern: string | RegExp): (path: string) => boolean {
  if (pattern instanceof RegExp) {
    // A RegExp with g or y remembers where it stopped from one test to the next.
    const fresh = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
    return (path) => fresh.test(path);
  }
  const range = /^(?:(.+)\.)?([^.]*)-([^.]*)$/.exec(pattern);
  const isPath = [...model.namedModules()].some(([path]) => path === pattern);
  if (isPath || !range) return (path) => path === pattern;
  return rangeMatcher(model, pattern, range[1] ?? "", range[2]!, range[3]!);
}

/** Children of `parent` from `first` to `last`, by position in the model. */
function rangeMatcher(model: Module, pattern: string, parent: string, first: string, last: string) {
  const names = model
    .get(parent)
    .namedChildren()
    .map(([name]) => name);
  const positionOf = (name: string, otherwise: number) => {
    if (name === "") return otherwise;
    const position = names.indexOf(name);
    if (position >= 0) return position;
    throw new Error(
      `no layer matches ${pattern}: "${parent}" has ${names[0]} to ${names.at(-1)}, not ${name}`,
    );
  };
  const [from, to] = [positionOf(first, 0), positionOf(last, names.length - 1)];
  const chosen = new Set(
    names.slice(from, to + 1).map((name) => (parent ? `${parent}.${name}` : name)),
  );
  return (path: string) => chosen.has(path);
}
