import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { note } from "./notes.ts";

/** Where the real data sets lie: not part of the repository, so a fresh machine lacks them. */
const FOLDER =
  process.env.GRAFT_SHARED_DATA ??
  resolve(fileURLToPath(new URL(".", import.meta.url)), "../../shared/data");

/**
 * The path of a real data file or folder, null where it is absent. Use it with
 * `describe.skipIf(!sharedData("mnist"))`, so that the tests left out are counted.
 */
export function sharedData(path: string): string | null {
  const full = resolve(FOLDER, path);
  if (existsSync(full)) return full;
  note("data", path.split("/")[0]!);
  return null;
}
