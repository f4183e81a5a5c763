/**
 * Says, as JSON, in which browsers the end-to-end tests can run here: the bundled one and the first installed one
 * that gives a WebGPU adapter. `npm test` asks it.
 */
import { BUNDLED, browserPaths, installedBrowsers } from "./browsers.ts";
import { launchFirst, type Skipped } from "./chromium.ts";

interface Found {
  /** What to set CHROME_PATH to. */
  readonly path: string;
  readonly version: string;
}

const adapter = process.env.GRAFT_ADAPTER === "swiftshader" ? "swiftshader" : "system";

async function firstOf(
  paths: readonly string[],
): Promise<{ found: Found | null; skipped: Skipped[] }> {
  if (paths.length === 0) return { found: null, skipped: [] };
  try {
    const { browser, path, skipped } = await launchFirst(paths, { adapter });
    const version = await browser.version();
    await browser.close();
    return { found: { path, version }, skipped };
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n").slice(1).join("; ") : "";
    return { found: null, skipped: [{ path: paths.join(", "), why }] };
  }
}

const chosen = process.env.CHROME_PATH || process.env.PUPPETEER_EXECUTABLE_PATH;
const kinds = chosen ? [browserPaths()] : [[BUNDLED], installedBrowsers()];
const results = [];
for (const paths of kinds) results.push(await firstOf(paths));
console.log(
  JSON.stringify({
    browsers: results.flatMap(({ found }) => (found ? [found] : [])),
    skipped: results.flatMap(({ skipped }) => skipped),
  }),
);
