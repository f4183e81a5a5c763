/**
 * The documentation as static files: `npm run build:docs [-- --out FOLDER]`; `--check` only reads the sources, and says which
 * public names lack a docstring.
 *
 * TypeDoc makes the reference from docstrings, puts guides and examples beside it, and brings search, light and dark. Addresses
 * within it are relative, so that it works wherever it lies.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openApplication, readProject, refuseWarnings, undocumented } from "./api.ts";
import { writeDocuments } from "./documents.ts";
import { finishPages, finishScripts, placeDocuments, type SiteLinks } from "./pages.ts";

const working = fileURLToPath(new URL("../../out/documents", import.meta.url));

/** @param site what the head leads to besides, where the documentation is a part of the site. */
export async function buildDocs(out: string, site: SiteLinks = {}): Promise<void> {
  const app = await openApplication(await writeDocuments(working));
  const project = await readProject(app);
  const missing = undocumented(project);
  if (missing.length > 0) throw new Error(`no docstring: ${missing.join(", ")}`);
  await placeDocuments(app);
  await finishPages(app, site);
  await app.generateDocs(project, out);
  refuseWarnings(app);
  await finishScripts(out);
}

async function check(): Promise<void> {
  const project = await readProject(await openApplication(await writeDocuments(working)));
  console.log(JSON.stringify(undocumented(project)));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: "string", default: "out/docs" }, check: { type: "boolean" } },
  });
  if (values.check) return check();
  const out = resolve(values.out);
  await buildDocs(out);
  console.log(`The documentation is in ${out}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error: Error) => {
    console.error(`build:docs: ${error.message}`);
    process.exitCode = 1;
  });
}
