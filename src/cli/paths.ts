import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file that is shipped beside the code, whether that runs from its sources or from `dist/`. */
function assetPath(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, "assets", name);
    if (existsSync(candidate)) return candidate;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`assets/${name} is missing: install webgraft again`);
    folder = parent;
  }
}

/** The network that `npm run train-builtin` trained on printed letters. */
export function builtinWeights(): string {
  return assetPath("letters.safetensors");
}

/** The checkout that this code runs from (its sources or its `dist/`); null in an installed package. */
export function checkoutFolder(): string | null {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(join(folder, "tools", "register.mjs"))) return folder;
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}

/** The version in the package's own package.json. */
export function packageVersion(): string {
  const file = join(dirname(builtinWeights()), "..", "package.json");
  const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}

/** A path as a shell takes it: messages suggest commands that can be copied. */
export function quoted(path: string): string {
  if (/^[\p{L}\p{N}_@%+=:,./\\-]+$/u.test(path)) return path;
  if (process.platform === "win32") return `"${path}"`;
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** How the user calls the command: the examples in messages must work as they stand. */
export function commandName(): string {
  const isOnPath = (process.env.PATH ?? "")
    .split(delimiter)
    .some((folder) => !folder.includes("node_modules") && existsSync(join(folder, "graft")));
  if (process.env.npm_lifecycle_event !== "start" && isOnPath) return "graft";
  return checkoutFolder() === null ? "npx webgraft" : "npm start --";
}
