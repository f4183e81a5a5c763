import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPaths } from "../../tools/browsers.ts";
import { launchChromium, launchFirst } from "../../tools/chromium.ts";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import { adapterChoice } from "../gpu_adapter.ts";

interface Probe {
  architecture: string;
  last: number;
}

let server: StaticServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = await serveFolders({ "/": fileURLToPath(new URL(".", import.meta.url)) });
  browser = await launchChromium({ adapter: adapterChoice() });
  page = await browser.newPage();
  await page.goto(new URL("missing.html", server.url).href);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** As text, because Vitest would rewrite a dynamic import in a function. */
async function run(name: "probe" | "probeInWorker"): Promise<Probe> {
  const url = new URL("probe.js", server.url).href;
  return (await page.evaluate(`import("${url}").then((module) => module.${name}())`)) as Probe;
}

describe("launchChromium", () => {
  it("gives pages that compute on WebGPU", async () => {
    const { architecture, last } = await run("probe");
    expect(last).toBe(127);
    if (adapterChoice() === "swiftshader") expect(architecture).toBe("swiftshader");
  });

  it("gives workers that compute on WebGPU", async () => {
    expect((await run("probeInWorker")).last).toBe(127);
  });

  it("ends its processes when closed", async () => {
    const second = await launchChromium({ adapter: adapterChoice() });
    const process = second.process();
    await second.close();
    expect(process?.exitCode ?? process?.signalCode).not.toBeNull();
  });

  it("passes over a program that doesn't answer in time", async () => {
    const folder = await mkdtemp(join(tmpdir(), "graft-chromium-"));
    const silent = join(folder, "chrome");
    await writeFile(silent, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    try {
      const options = { adapter: adapterChoice(), timeout: 10_000 };
      const paths = [silent, ...browserPaths()];
      const { browser: second, skipped } = await launchFirst(paths, options);
      await second.close();
      expect(skipped[0]).toMatchObject({ path: silent });
      expect(skipped[0]!.why).toMatch(/10000 ms|10 s/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("names a program that can't be started", async () => {
    const failing = launchChromium({ executable: "/no/such/chrome" });
    await expect(failing).rejects.toThrow(
      /no Chromium with WebGPU could be started.*CHROME_PATH.*\n\/no\/such\/chrome: /s,
    );
  });
});
