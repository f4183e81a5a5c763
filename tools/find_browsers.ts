/**
 * Says, as JSON, in which browsers the end-to-end tests can run here: the bundled one and the first installed one
 * that gives a WebGPU adapter. `npm test` asks it.
 */
import { BUNDLED, browserPaths, installedBrowsers } from "./browsers.ts";
import { type ChromiumAdapter, closeWhole, launchFirst, skippedLine } from "./chromium.ts";

interface Browser {
  /** What to set CHROME_PATH to. */
  readonly path: string;
  /** What to set GRAFT_CHROME_ADAPTER to. */
  readonly adapter: ChromiumAdapter;
  readonly version: string;
  /** The adapter's name. */
  readonly gpu: string;
}

const adapter = process.env.GRAFT_ADAPTER === "swiftshader" ? "swiftshader" : "system";

interface Search {
  readonly found: Browser | null;
  /** What was tried in vain, a line each. */
  readonly passedOver: readonly string[];
}

async function firstOf(paths: readonly string[]): Promise<Search> {
  try {
    const { browser, skipped, ...found } = await launchFirst(paths, { adapter });
    const version = await browser.version();
    await closeWhole(browser);
    return { found: { ...found, version }, passedOver: skipped.map(skippedLine) };
  } catch (error) {
    const lines = error instanceof Error ? error.message.split("\n").slice(1) : [String(error)];
    return { found: null, passedOver: lines };
  }
}

const chosen = process.env.CHROME_PATH || process.env.PUPPETEER_EXECUTABLE_PATH;
const kinds = chosen ? [browserPaths()] : [[BUNDLED], installedBrowsers()];
const searches: Search[] = [];
for (const paths of kinds) if (paths.length > 0) searches.push(await firstOf(paths));
console.log(
  JSON.stringify({
    browsers: searches.flatMap(({ found }) => found ?? []),
    passedOver: searches.flatMap(({ passedOver }) => passedOver),
    missing: searches.filter(({ found }) => !found).length,
  }),
);
