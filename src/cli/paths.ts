import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file that is shipped beside the code, whether that runs from its sources or from `dist/`. */
export function assetPath(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, "assets", name);
    if (existsSync(candidate)) return candidate;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`assets/${name} is missing: install graft again`);
    folder = parent;
  }
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

/** How the user calls the command: the examples in messages must work as they stand. */
export function commandName(): string {
  return process.env.npm_lifecycle_event === "start" ? "npm start --" : "graft";
}
