/** The studio on its own: what a visit downloads, the camera and the pen, no WebGPU, no network, a crash while nothing runs. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { collectDownloads, compressedSizes } from "./downloads.ts";
import { crashGpu, tellsProcesses } from "./gpu_processes.ts";
import {
  goTo,
  makePictures,
  openStudio,
  runIs,
  startTraining,
  there,
  upload,
} from "./studio_page.ts";
import { type Site, text, visitSite } from "./visit.ts";

let site: Site;

beforeAll(async () => {
  site = await visitSite({
    args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
});

afterEach(() => site.closePages());
afterAll(() => site?.close());

describe("a first visit", () => {
  it("downloads at most 250 KB (gzip) and no network, and nothing from elsewhere", async () => {
    const page = await site.browser.newPage();
    const addresses = await collectDownloads(page);
    await page.goto(`${site.url}studio/?lang=en`, { waitUntil: "networkidle0" });
    await there(page, ".class-card");
    for (const address of addresses) expect(address).toContain(site.url);
    const sizes = await compressedSizes([...addresses].filter((a) => !a.endsWith(".safetensors")));
    expect(sizes.size).toBeGreaterThan(2);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    expect(total, JSON.stringify([...sizes])).toBeLessThan(250 * 1024);
    await page.close();
  });
});

describe("the camera and the pen", () => {
  it("give a class pictures", async () => {
    const { page } = await openStudio(site);
    const count = async () => page.$$eval(".thumbnail", (found) => found.length);
    const before = await count();
    const [camera, draw] = (await page.$$('.class-card button[aria-pressed="false"]')) as never as [
      { click(): Promise<void> },
      { click(): Promise<void> },
    ];
    await camera.click();
    await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
    const record = await page.waitForSelector(".record");
    await record?.scrollIntoView();
    const box = await record?.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 10);
    await page.mouse.down();
    await new Promise((done) => setTimeout(done, 600));
    await page.mouse.up();
    await page.waitForFunction(
      (n: number) => document.querySelectorAll(".thumbnail").length >= n,
      {},
      before + 2,
    );
    await draw.click();
    await there(page, ".sketch canvas");
    const recorded = await count();
    await page.click(".sketch .primary");
    await page.waitForFunction(
      (n: number) => document.querySelectorAll(".thumbnail").length > n,
      {},
      recorded,
    );
    await page.close();
  });
});

describe("a browser without WebGPU", () => {
  it("is told what to do, and the page still collects", async () => {
    const page = await site.browser.newPage();
    await page.evaluateOnNewDocument(() => Reflect.deleteProperty(Navigator.prototype, "gpu"));
    await page.goto(`${site.url}studio/?lang=en`);
    await there(page, "#no-webgpu");
    expect(await text(page, "#no-webgpu")).toContain("chrome://gpu");
    await there(page, ".class-card");
    await page.close();
  });
});

describe("a storage that doesn't answer", () => {
  it("is spoken of while the page waits for it", async () => {
    const page = await site.browser.newPage();
    await page.evaluateOnNewDocument(() => {
      IDBFactory.prototype.open = () => ({}) as IDBOpenDBRequest;
    });
    await page.goto(`${site.url}studio/?lang=en`);
    await there(page, "#waiting");
    expect(await text(page, "#waiting")).toContain("hasn't answered yet");
    await page.close();
  });
});

describe("without a network", () => {
  it("the page opens once it was loaded", async () => {
    const { page } = await openStudio(site);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await page.setOfflineMode(true);
    await page.reload();
    await there(page, ".class-card");
    await page.setOfflineMode(false);
    await page.close();
  });
});

describe("a GPU process that ends while nothing runs", () => {
  it.runIf(tellsProcesses)("is not noticed: what comes next is trained", async () => {
    const folder = await mkdtemp(join(tmpdir(), "graft-studio-"));
    try {
      await makePictures(folder, 6);
      const { page, errors } = await openStudio(site);
      await goTo(page, "choose");
      await there(page, "#facts"); // the network is on the GPU
      expect(crashGpu(site.browser)).toBeGreaterThan(0);
      await goTo(page, "collect");
      await upload(page, "folder", folder);
      await goTo(page, "train");
      await startTraining(page, 2);
      expect((await runIs(page, "done")).epochs).toHaveLength(2);
      expect(errors).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
