// What the package's users import: the entry's name in dist/ and its source. `graft` itself is "index".
const parts = ["data", "formats", "models", "nn", "optim", "transfer"];

export const entries = {
  index: "src/index.ts",
  core: "src/core.ts",
  node: "src/node.ts",
  ...Object.fromEntries(parts.map((part) => [part, `src/${part}/index.ts`])),
};

/** Imported by some index.ts, or by the core, as files of dist/: so they stay modules there. */
export const namespaces = {
  core: "src/core.ts",
  methods: "src/autograd/methods.ts",
  ...Object.fromEntries(parts.map((part) => [part, `src/${part}/index.ts`])),
  functional: "src/autograd/functional.ts",
  transforms: "src/data/transforms/index.ts",
  nn_init: "src/nn/init.ts",
};

/** The entries by what is written in an import: "graft", "graft/core", … */
export const ownNames = Object.fromEntries(
  Object.entries(entries).map(([name, path]) => [
    name === "index" ? "graft" : `graft/${name}`,
    path,
  ]),
);

/** For Vite's `resolve.alias`: the package's own names as its sources below `repository`. */
export function sourceAliases(repository) {
  return Object.entries(ownNames).map(([name, path]) => ({
    find: new RegExp(`^${name}$`),
    replacement: repository + path,
  }));
}
