import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const template = fileURLToPath(new URL("../../demos/shared/service_worker.js", import.meta.url));
/** Not asked for by a page. */
const LEFT_OUT = new Set(["_headers", "service_worker.js"]);

/** Writes the service worker, which keeps every file that is in the folder now but for the documentation, under a version made of their contents. */
export async function writeServiceWorker(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join("/"))
    .filter((path) => !LEFT_OUT.has(path) && !path.startsWith("docs/"))
    .sort();
  const hash = createHash("sha256");
  for (const path of files) hash.update(path).update(await readFile(join(folder, path)));
  const version = hash.digest("hex").slice(0, 12);
  const filled = `const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(files)};\n`;
  const script = filled + (await readFile(template, "utf8"));
  await writeFile(join(folder, "service_worker.js"), script);
}
