// What the package's users import, and the source behind each name. package.json has the same list for dist/.
const parts = [
  "data",
  "explain",
  "finetune",
  "formats",
  "metrics",
  "models",
  "nn",
  "ops",
  "optim",
  "transfer",
];

/** The entries by what is written in an import. */
export const ownNames = {
  webgraft: "src/index.ts",
  "webgraft/core": "src/core.ts",
  "webgraft/node": "src/node.ts",
  ...Object.fromEntries(parts.map((part) => [`webgraft/${part}`, `src/api/${part}.ts`])),
};

/** For Vite's `resolve.alias`: the package's own names as its sources below `repository`. */
export function sourceAliases(repository) {
  return Object.entries(ownNames).map(([name, path]) => ({
    find: new RegExp(`^${name}$`),
    replacement: repository + path,
  }));
}
