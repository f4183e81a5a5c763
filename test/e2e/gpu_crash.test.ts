/** The browser's GPU process crashes, and soon again, which Chromium punishes with no adapter for a minute and a half. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundlePage, writePage } from "../../tools/bundle_page.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import type { Survived } from "./gpu_crash.ts";
import { crashGpu, tellsProcesses } from "./gpu_processes.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const package_ = join(repository, "dist/browser/index.js");

let folder: string;
let server: StaticServer;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-crash-"));
  const entries = { crash: 'export * from "./test/e2e/gpu_crash.ts";' };
  await writePage(folder, await bundlePage({ entries, alias: { webgraft: package_ } }));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  server = await serveFolders({ "/": folder });
  browser = await launchChromium({ adapter: "swiftshader" });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

it.skipIf(!tellsProcesses)(
  "a page trains on through two crashes in a row, and loses nothing",
  async () => {
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
  },
);
