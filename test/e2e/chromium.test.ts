import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../../tools/chromium.ts";
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

  it("names a program that can't be started", async () => {
    const failing = launchChromium({ executable: "/no/such/chrome" });
    await expect(failing).rejects.toThrow(
      /no Chromium with WebGPU could be started.*CHROME_PATH.*\n\/no\/such\/chrome: /s,
    );
  });
});
