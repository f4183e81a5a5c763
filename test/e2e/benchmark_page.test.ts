/** The benchmark page: runs, shows what it found in both languages, hands it out. Its times mean nothing here. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Row } from "../../bench/index.ts";
import { openPage, type Site, text as textOf, visitSite } from "./visit.ts";
import { narrowTo } from "./width.ts";

let site: Site;
let page: Page;
let errors: readonly string[];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-benchmark-"));
  site = await visitSite();
  ({ page, errors } = await openPage(site, "benchmark/?size=smoke&lang=en"));
});

afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

const text = (selector: string) => textOf(page, selector);

/** The file that the page hands out. */
async function saved(): Promise<string> {
  const session = await page.createCDPSession();
  await session.send("Page.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await page.click("#save");
  for (;;) {
    const [name] = (await readdir(folder)).filter((file) => file.endsWith(".json"));
    if (name) return readFile(join(folder, name), "utf8");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe("the benchmark page", () => {
  it("says what the adapter offers before anything runs", async () => {
    await page.waitForSelector("#adapter");
    expect(await text("#adapter")).toMatch(/shader-f16(yes|no)/);
    expect(await text("#adapter")).toMatch(/maxBufferSize[\d.]+ [MG]B/);
  });

  it("stops when asked to, and starts anew", async () => {
    await page.click("#start");
    await page.waitForSelector("#stop");
    await page.click("#stop");
    await page.waitForSelector("#start");
    await page.click("#start");
    await page.waitForSelector("#save", { timeout: 280_000 });
    expect(errors).toEqual([]);
  });

  it("shows every row, checked, with the roofline and the kernels of a step", async () => {
    expect(await text("#profile")).toMatch(/^Kernels are chosen for a /);
    const rows: string[] = await page.$$eval("#results tbody tr", (found) =>
      found.map((row) => row.textContent),
    );
    expect(rows.length).toBeGreaterThanOrEqual(6);
    for (const row of rows) expect(row).toMatch(/✓$/);
    expect(await page.$$eval("#roofline canvas", (found) => found.length)).toBe(1);
    expect(await page.$$eval("#kernels tbody tr", (found) => found.length)).toBeGreaterThan(3);
  });

  it("hands out what it found as JSON", async () => {
    const run = JSON.parse(await saved());
    expect(run.complete).toBe(true);
    expect(run.ceiling.flopsPerSecond).toBeGreaterThan(1e6);
    expect(run.limits.maxBufferSize).toBeGreaterThan(1e6);
    const rows: Row[] = run.rows;
    expect(rows.flatMap(({ results }) => results.map(({ error }) => error ?? ""))).toEqual(
      rows.map(() => ""),
    );
  });

  it("speaks Chinese as well", async () => {
    await page.select("#language", "zh");
    expect(await text("h1")).toBe("这块 GPU 的能力");
    expect(await text("#results")).toMatch(/输入梯度/);
  });

  it("reads without WebGPU, and says what to do", async () => {
    const without = await site.browser.newPage();
    await without.evaluateOnNewDocument(() => {
      Reflect.deleteProperty(Navigator.prototype, "gpu");
    });
    await without.goto(new URL("benchmark/?lang=en", site.url).href);
    await without.waitForSelector("#no-webgpu");
    expect(await without.$("#start")).toBeNull();
    await without.close();
  });

  it.each([360, 768, 1280])("has no sideways scrolling at %i pixels", async (width) => {
    await narrowTo(page, width);
  });
});
