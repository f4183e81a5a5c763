// The report of a run in a browser: nothing runs, nothing is fetched, it can be read on a phone and printed.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportHtml } from "../../src/report/index.ts";
import { launchChromium } from "../../tools/chromium.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import { example, NASTY, pictures } from "../report/example.ts";

let folder: string;
let browser: Browser;
let page: Page;
const told: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-report-"));
  const path = join(folder, "report.html");
  await writeFile(path, reportHtml(example, pictures));
  browser = await launchChromium({ adapter: adapterChoice() });
  page = await browser.newPage();
  page.on("console", (message) => void told.push(message.text()));
  page.on("pageerror", (error) => void told.push(String(error)));
  page.on("dialog", (dialog) => void told.push(dialog.message()));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && url !== pathToFileURL(path).href) told.push(url);
  });
  await page.goto(pathToFileURL(path).href, { waitUntil: "networkidle0" });
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a report in a browser", () => {
  it("asks for nothing and says nothing, whatever classes are called", async () => {
    expect(told).toEqual([]);
    expect(await page.title()).toBe(`vgg16 for ${NASTY}`);
    const names: string[] = await page.$$eval("tr th:first-child", (cells) =>
      cells.map((cell) => cell.textContent),
    );
    expect(names).toContain(NASTY);
  });

  it.each([320, 390, 1200])(
    "has no sideways scrolling at %i pixels, and its pictures are there",
    async (width) => {
      await page.setViewport({ width, height: 800 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      const sizes = await page.$$eval("img", (images) => images.map((image) => image.naturalWidth));
      expect(sizes).toHaveLength(8);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      const smallest =
        "Math.min(...[...document.querySelectorAll('svg')].map((svg) => 11 * svg.clientWidth / 360))";
      expect(await page.evaluate(smallest), "pixels of a chart's letters").toBeGreaterThan(8.5);
    },
  );

  it("prints", async () => {
    const pdf = Buffer.from(await page.pdf({ format: "A4" })).toString("latin1");
    expect(pdf.startsWith("%PDF")).toBe(true);
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(1);
    expect(told).toEqual([]);
  });
});
