/** The studio on small pictures and the built-in network: what goes wrong, what is interrupted, and what every page promises. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadWeights } from "../../src/formats/index.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { type DemoServer, startDemoServer } from "../../tools/demo_server.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import { violationsOf } from "./axe.ts";
import { collectDownloads, compressedSizes } from "./downloads.ts";
import { download, fill, goTo, openStudio, pictures, text, there, upload } from "./studio_page.ts";

const STEPS = ["collect", "choose", "train", "understand", "takeAway"];

let server: DemoServer;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-studio-"));
  await makePictures(join(folder, "photos"), 6);
  server = await startDemoServer({ port: 0 });
  browser = await launchChromium({
    adapter: adapterChoice(),
    args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** So many pictures of each of two classes: bright and dark squares. */
async function makePictures(at: string, count: number): Promise<void> {
  for (const [name, background] of [
    ["bright", "white"],
    ["dark", "black"],
  ]) {
    await mkdir(join(at, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const create = { width: 40 + i, height: 36, channels: 3, background } as const;
      await sharp({ create })
        .png()
        .toFile(join(at, name, `${i}.png`));
    }
  }
}

const runsSay = (page: Page, word: string) =>
  page.waitForFunction(
    (wanted: string) => document.querySelector("#runs")?.textContent?.includes(wanted),
    { timeout: 150_000 },
    word,
  );

describe("a first visit", () => {
  it("downloads at most 250 KB (gzip) and no network, and nothing from elsewhere", async () => {
    const page = await browser.newPage();
    const addresses = await collectDownloads(page);
    await page.goto(`${server.url}studio/?lang=en`, { waitUntil: "networkidle0" });
    await there(page, ".class-card");
    for (const address of addresses) expect(address).toContain(server.url);
    const sizes = await compressedSizes([...addresses].filter((a) => !a.endsWith(".safetensors")));
    expect(sizes.size).toBeGreaterThan(2);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    expect(total, JSON.stringify([...sizes])).toBeLessThan(250 * 1024);
    await page.close();
  });
});

describe("training", () => {
  it("is paused, interrupted by a reload, gone on with, stopped, and taken away", async () => {
    const { page, errors } = await openStudio(browser, server.url);
    await upload(page, "folder", join(folder, "photos"));
    await pictures(page, 12);
    await goTo(page, "train");
    await fill(page, "#epochs", "500");
    await page.click("#augment"); // no features are kept then: an epoch takes long enough to be interrupted
    await there(page, "#start:not(:disabled)");
    await page.click("#start");
    await there(page, "#curves");
    await page.click("#pause");
    await there(page, "#go-on");
    await new Promise((done) => setTimeout(done, 2000)); // the step under way comes to its end
    const still = await text(page, "#runs");
    await new Promise((done) => setTimeout(done, 1500));
    expect(await text(page, "#runs")).toBe(still);
    await page.click("#go-on");
    await there(page, "#pause");
    await new Promise((done) => setTimeout(done, 6000)); // its state is kept every few seconds

    await page.reload();
    await there(page, "#interrupted");
    const before = Number((await text(page, "#runs")).match(/(\d+)\/500/)?.[1]);
    expect(before).toBeGreaterThan(0);
    await there(page, "#go-on-run:not(:disabled)");
    await page.click("#go-on-run");
    await page.waitForFunction(
      (epochs: number) =>
        Number(document.querySelector("#runs")?.textContent?.match(/(\d+)\/500/)?.[1]) > epochs,
      { timeout: 120_000 },
      before,
    );
    await page.click("#stop");
    await runsSay(page, "stopped");

    await goTo(page, "takeAway");
    const network = await loadWeights(
      await download(
        page,
        "#save-safetensors:not(:disabled)",
        join(folder, "out"),
        "model.safetensors",
      ),
    );
    expect(JSON.parse(network.metadata.graft ?? "").classes).toEqual(["bright", "dark"]);
    await download(page, "#save-page", join(folder, "out"), "predict.html");
    await download(page, "#save-project", join(folder, "out"), "graft-project.zip");
    expect(await text(page, "#code")).toContain('import { finetune } from "webgraft";');
    expect(errors).toEqual([]);
    await page.close();
  });

  it("hands out a page that predicts by itself", async () => {
    const page = await browser.newPage();
    await page.goto(`file://${join(folder, "out/predict.html")}`);
    await there(page, "#file:not(:disabled)");
    await upload(page, "file", join(folder, "photos/dark/1.png"));
    await there(page, "#ranking li");
    expect(await text(page, "#ranking li")).toMatch(/^(dark|bright)\d+\.\d %$/);
    await page.close();
  });

  it("and a project file that is opened again", async () => {
    const { page } = await openStudio(browser, server.url);
    page.on("dialog", (dialog) => void dialog.accept());
    await goTo(page, "takeAway");
    await page.click("#start-over");
    await pictures(page, 0);
    await goTo(page, "takeAway");
    await upload(page, "open-project", join(folder, "out/graft-project.zip"));
    await pictures(page, 12);
    await goTo(page, "understand");
    await there(page, "#accuracy");
    await page.close();
  });
});

describe("what goes wrong", () => {
  it("is answered in place, and nothing collected is lost", async () => {
    const { page, errors } = await openStudio(browser, server.url);
    page.on("dialog", (dialog) => void dialog.accept());
    await there(page, ".class-card");
    if (!(await page.$(".thumbnail"))) await upload(page, "folder", join(folder, "photos"));
    await pictures(page, 12);
    const odd = join(folder, "odd/<img src=x onerror=document.title='!'>");
    await mkdir(odd, { recursive: true });
    await writeFile(join(odd, "torn.jpg"), "no picture");
    await writeFile(join(folder, "odd/huge.txt"), "x".repeat(1e6));
    await writeFile(join(folder, "half.safetensors"), "no weights");
    await upload(page, "folder", join(folder, "odd"));
    await there(page, ".thumbnail.broken");
    expect(await text(page, ".thumbnail.broken")).toContain("torn.jpg: can't be decoded");
    expect(await text(page, ".obstacles")).toContain("<img src=x onerror");
    expect(await page.title()).not.toBe("!");
    await pictures(page, 12);
    await goTo(page, "choose");
    await upload(page, "weights", join(folder, "half.safetensors"));
    await there(page, "#network-error");
    expect(await text(page, "#network-error")).toContain("half.safetensors");
    await page.click("#network-builtin");
    await there(page, "#facts");
    await goTo(page, "takeAway");
    await upload(page, "open-project", join(folder, "half.safetensors"));
    await page.waitForSelector(".notice.bad");
    await goTo(page, "collect");
    await pictures(page, 12);
    expect(errors).toEqual([]);
    await page.close();
  });

  it("a browser without WebGPU is told what to do, and the page still collects", async () => {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(() => Reflect.deleteProperty(Navigator.prototype, "gpu"));
    await page.goto(`${server.url}studio/?lang=en`);
    await there(page, "#no-webgpu");
    expect(await text(page, "#no-webgpu")).toContain("chrome://gpu");
    await there(page, ".class-card");
    await page.close();
  });
});

describe("the camera and the pen", () => {
  it("give a class pictures", async () => {
    const { page } = await openStudio(browser, server.url);
    await there(page, ".class-card");
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

describe("every step", () => {
  it("has no violation that axe finds, fits 360 pixels and speaks Chinese", async () => {
    const { page } = await openStudio(browser, server.url);
    await there(page, ".class-card");
    for (const colours of ["light", "dark"]) {
      await page.select("#theme", colours);
      for (const step of STEPS) {
        await goTo(page, step);
        expect(await violationsOf(page), `${step}, ${colours}`).toEqual([]);
      }
    }
    await page.select("#language", "zh");
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-Hans");
    await page.setViewport({ width: 360, height: 740 });
    for (const step of STEPS) {
      await goTo(page, step);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(over, step).toBeLessThanOrEqual(0);
      expect(await text(page, "h2"), step).toMatch(/\p{Script=Han}/u);
    }
    await page.select("#language", "en");
    await page.close();
  });
});

describe("without a network", () => {
  it("the page opens once it was loaded", async () => {
    const { page } = await openStudio(browser, server.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await page.setOfflineMode(true);
    await page.reload();
    await there(page, ".class-card");
    await page.setOfflineMode(false);
    await page.close();
  });
});
