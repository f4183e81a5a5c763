import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadWeights } from "../../src/formats/index.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { type DemoServer, startDemoServer } from "../../tools/demo_server.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import { crashGpu, tellsProcesses } from "./gpu_processes.ts";

/** As few pictures as make sense: software adapters are slow. */
const QUICK = "?perClass=2&epochs=1&testPerClass=1";

let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  server = await startDemoServer({ port: 0 });
  browser = await launchChromium({ adapter: adapterChoice() });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function openDemo(query: string): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(new URL(`digits/${query}`, server.url).href);
  return { page, errors };
}

const text = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent ?? "");

const enabled = (page: Page, id: string) =>
  page.waitForSelector(`#${id}:not(:disabled)`, { timeout: 60_000 });

const statusIs = (page: Page, start: string) =>
  page.waitForFunction(
    (wanted: string) => document.querySelector("#status")?.textContent?.startsWith(wanted),
    { timeout: 200_000 },
    start,
  );

/** The file that the page offers. */
async function handedOut(page: Page): Promise<Uint8Array> {
  const bytes = await page.evaluate(async () => {
    const link = document.querySelector<HTMLAnchorElement>("#download a");
    const response = await fetch(link?.href ?? "");
    return [...new Uint8Array(await response.arrayBuffer())];
  });
  return Uint8Array.from(bytes);
}

describe("the demo server", () => {
  it("serves the built page and nothing else of this machine", async () => {
    const page = await (await fetch(server.url)).text();
    expect(page).toMatch(/<script type="module"[^>]* src="\.\/assets\//);
    for (const path of [
      "__open-in-editor?file=/etc/passwd",
      "@fs/etc/passwd",
      "main.ts",
      "..%2f..%2fetc%2fpasswd",
      "@vite/client",
    ]) {
      expect((await fetch(server.url + path)).status, path).toBe(404);
    }
  });
});

describe("the demo page", () => {
  it("fine-tunes the built-in network without freezing, and hands out the result", async () => {
    const { page, errors } = await openDemo(QUICK);
    await enabled(page, "start");
    expect(await text(page, "#adapter")).not.toBe("");
    expect(await page.$$eval("#thumbnails canvas", (found) => found.length)).toBe(20);
    await page.click("#start");
    await statusIs(page, "Done");
    expect(errors).toEqual([]);
    expect(await text(page, "#notice")).toMatch(/^$|from scratch did better/);
    for (const name of ["before", "scratch", "tuned"]) {
      expect(await text(page, `#score-${name}`)).toMatch(/^\d+\.\d %$/);
    }
    expect(await page.$$eval("#confusion tbody tr", (rows) => rows.length)).toBe(10);
    expect(await page.$$eval("#samples figure", (found) => found.length)).toBe(10);
    const file = await loadWeights(await handedOut(page));
    expect(file.tensors.get("classifier.0.weight")?.shape).toEqual([10, 256]);
    expect(JSON.parse(file.metadata.graft ?? "").classes).toHaveLength(10);
    expect(await paintedChart(page)).toBe(true);
    await page.close();
  });

  it("stops when asked to", async () => {
    const { page } = await openDemo("?perClass=30&epochs=30&testPerClass=1&compare=0");
    await enabled(page, "start");
    await page.click("#start");
    await statusIs(page, "Fine-tuning: step");
    await page.click("#stop");
    await statusIs(page, "Stopped");
    await enabled(page, "start");
    expect(await text(page, "#score-tuned")).toMatch(/%$/);
    await page.close();
  });

  it("learns from a folder of own pictures, and says what is wrong with one", async () => {
    const folder = await makePictures();
    const { page } = await openDemo(`${QUICK}&compare=0`);
    await enabled(page, "start");
    await page.click('input[value="own"]');
    const input = await page.$<"input">("input#folder" as "input");
    await input?.uploadFile(join(folder, "one"));
    await page.waitForFunction(() => document.querySelector("#classes")?.textContent !== "");
    expect(await text(page, "#classes")).toMatch(/fewer than two classes/);
    await input?.uploadFile(folder);
    await page.waitForFunction(() =>
      document.querySelector("#classes")?.textContent?.includes("(4)"),
    );
    expect(await text(page, "#classes")).toBe("one (4), two (4)");
    await page.click("#start");
    await statusIs(page, "Done");
    expect(await text(page, "#notice")).toMatch(/knows little about photos.*squeezenet1_1/);
    expect(await page.$$eval("#confusion tbody tr", (rows) => rows.length)).toBe(2);
    await page.close();
    await rm(folder, { recursive: true });
  });

  it.skipIf(!tellsProcesses)(
    "works on without a reload when the GPU process crashes while it is idle",
    async () => {
      const { page, errors } = await openDemo(`${QUICK}&compare=0`);
      await enabled(page, "start");
      const train = async () => {
        await page.click("#start");
        await statusIs(page, "Fine-tuning");
        await statusIs(page, "Done");
        await enabled(page, "start");
        return [await text(page, "#score-tuned"), [...(await handedOut(page))]];
      };
      const first = await train();
      expect(crashGpu(browser)).toBeGreaterThan(0);
      expect(await train()).toEqual(first);
      expect(errors).toEqual([]);
      await page.close();
    },
  );

  it("says so where there is no WebGPU", async () => {
    const page = await browser.newPage();
    await page.setBypassCSP(true); // the worker below is of the test's making
    await page.evaluateOnNewDocument(() => {
      const Original = Worker;
      globalThis.Worker = class extends Original {
        constructor(url: string | URL) {
          const code = `Reflect.deleteProperty(WorkerNavigator.prototype, "gpu"); import("${url}");`;
          super(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), {
            type: "module",
          });
        }
      };
    });
    await page.goto(new URL("digits/", server.url).href);
    await statusIs(page, "Can't train here");
    expect(await text(page, "#notice")).toMatch(/needs WebGPU.*Chrome or Edge/);
    expect(await page.$eval("#start", (button) => button.hasAttribute("disabled"))).toBe(true);
    await page.close();
  });
});

/** Whether anything green was drawn on the loss chart. */
function paintedChart(page: Page): Promise<boolean> {
  return page.$eval("#loss-chart canvas", (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const pixels = (canvas as HTMLCanvasElement)
      .getContext("2d")
      ?.getImageData(0, 0, width, height).data;
    for (let i = 0; pixels && i < pixels.length; i += 4) {
      if (pixels[i + 3] > 200 && pixels[i + 1] > pixels[i] + 50) return true;
    }
    return false;
  });
}

/** Four pictures of each of two classes: bright and dark squares. */
async function makePictures(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "graft-demo-"));
  for (const [name, background] of [
    ["one", "white"],
    ["two", "black"],
  ]) {
    await mkdir(join(folder, name));
    for (let i = 0; i < 4; i++) {
      const create = { width: 40 + i, height: 36, channels: 3, background } as const;
      await sharp({ create })
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
  return folder;
}
