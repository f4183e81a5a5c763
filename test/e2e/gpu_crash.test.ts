/** The browser's GPU process crashes, and soon again, which Chromium punishes with no adapter for a minute and a half. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundlePage, writePage } from "../../tools/bundle_page.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import type { Survived } from "./gpu_crash.ts";
import { crashGpu, tellsProcesses } from "./gpu_processes.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const package_ = join(repository, "dist/browser/index.js");
/** `npm test` names all that it tests in: they wait together, two minutes each. "" is the one that other tests take. */
const browsers = (process.env.GRAFT_BROWSERS ?? "").split(delimiter);

let folder: string;
let server: StaticServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-crash-"));
  const entries = { crash: 'export * from "./test/e2e/gpu_crash.ts";' };
  await writePage(folder, await bundlePage({ entries, alias: { webgraft: package_ } }));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  server = await serveFolders({ "/": folder });
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function survives(executable: string): Promise<void> {
  const browser = await launchChromium({ adapter: "swiftshader", executable });
  try {
    const page = await browser.newPage();
    await page.exposeFunction("crashGpu", () => crashGpu(browser));
    await page.goto(server.url);
    const run = (crashAt: readonly number[]) =>
      page.evaluate(
        `import("/crash.js").then(({ train }) => train(${JSON.stringify(crashAt)}))`,
      ) as Promise<Survived>;
    const undisturbed = await run([]);
    const survived = await run([3, 7]);
    expect(survived.lost).toBeGreaterThanOrEqual(2);
    expect(survived.losses).toEqual(undisturbed.losses);
    expect(survived.weights).toEqual(undisturbed.weights);
  } finally {
    await browser.close();
  }
}

it.skipIf(!tellsProcesses).concurrent.each(browsers)(
  "a page trains on through two crashes in a row, and loses nothing, in %j",
  survives,
);
