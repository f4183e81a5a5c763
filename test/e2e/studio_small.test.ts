/** The studio without a training: what a visit downloads, the camera and the pen, no WebGPU, no network. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { collectDownloads, compressedSizes } from "./downloads.ts";
import { openStudio, there } from "./studio_page.ts";
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

describe("without a network", () => {
  it("the page opens once it was loaded", async () => {
    const { page } = await openStudio(site);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await page.setOfflineMode(true);
    await page.reload();
    await page.setOfflineMode(false);
    await page.close();
  });
});
