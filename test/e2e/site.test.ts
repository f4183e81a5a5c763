/** The site's pages but for the studio: they read in both languages, in light and dark, at any width, and run what they show. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violationsOf, withoutMotion } from "./axe.ts";
import { collectDownloads, compressedSizes } from "./downloads.ts";
import { openPage, type Site, type Visit, visitSite } from "./visit.ts";
import { narrowTo } from "./width.ts";

let site: Site;

beforeAll(async () => {
  site = await visitSite();
});

afterAll(() => site?.close());

async function open(path: string): Promise<Visit> {
  const visit = await openPage(site, path);
  await visit.page.waitForSelector("h1");
  return visit;
}

describe.each(["", "benchmark/", "examples/", "playground/"])("the page %j", (path) => {
  it.each(["en", "zh"])("reads in %s, and axe finds nothing, light and dark", async (language) => {
    const { page, errors } = await open(`${path}?lang=${language}`);
    expect((await page.$$("h1")).length).toBe(1);
    expect(await page.evaluate("document.documentElement.lang")).toMatch(language);
    await withoutMotion(page);
    for (const theme of ["light", "dark"]) {
      await page.select("#theme", theme);
      expect(await violationsOf(page), theme).toEqual([]);
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  it("has no sideways scrolling, and its pictures are there", async () => {
    const { page } = await open(path);
    for (const width of [360, 768, 1280]) await narrowTo(page, width);
    const sizes = "[...document.images].map((image) => image.scrollIntoView() ?? image.decode())";
    await page.evaluate(`Promise.all(${sizes})`);
    await page.close();
  });
});

describe("the server", () => {
  it("shows the built pages and nothing else of this machine", async () => {
    const page = await (await fetch(site.url)).text();
    expect(page).toMatch(/<script type="module"[^>]* src="\.\/assets\//);
    for (const path of [
      "__open-in-editor?file=/etc/passwd",
      "@fs/etc/passwd",
      "main.ts",
      "..%2f..%2fetc%2fpasswd",
      "@vite/client",
    ]) {
      expect((await fetch(site.url + path)).status, path).toBe(404);
    }
  });
});

describe("what a visitor downloads", () => {
  it.each(["", "benchmark/", "examples/", "playground/"])(
    "%j: 250 KB at most, but for pictures",
    async (path) => {
      const page = await site.browser.newPage();
      const addresses = await collectDownloads(page);
      await page.goto(new URL(path, site.url).href, {
        waitUntil: "networkidle0",
        timeout: 200_000,
      });
      const content = (address: string) =>
        /\/$|\.(?:html|js|css|svg)$/.test(new URL(address).pathname);
      const sizes = await compressedSizes([...addresses].filter(content));
      expect(sizes.size).toBeGreaterThan(2);
      expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(250 * 1024);
      await page.close();
    },
  );

  it("is kept: every page opens without a network", async () => {
    const { page } = await open("");
    await page.evaluate("navigator.serviceWorker.ready");
    await page.setOfflineMode(true);
    for (const path of ["", "benchmark/", "examples/", "playground/", "studio/"]) {
      await page.goto(new URL(path, site.url).href);
      expect(
        await (await page.waitForSelector("h1"))?.evaluate(({ textContent }) => textContent),
        path,
      ).not.toBe("");
    }
    await page.close();
  });
});

describe("the gallery", () => {
  it("shows an example's code, runs it, and shows what it prints", async () => {
    const { page, errors } = await open("examples/?lang=en#features_only");
    await page.waitForFunction(() =>
      document.querySelector("#code")?.textContent?.includes("FeatureCache"),
    );
    await page.click("#run");
    await page.waitForSelector("#stop");
    await page.waitForFunction(
      () => !/Running/.test(document.querySelector("#status")?.textContent ?? "Running"),
      { timeout: 280_000 },
    );
    expect(await page.$eval("#status", ({ textContent }) => textContent)).toMatch(/^Done in/);
    expect(await page.$eval("#printed", ({ textContent }) => textContent)).toMatch(
      /accuracy \d+\.\d % on \d+ new pictures/,
    );
    expect(errors).toEqual([]);
    await page.close();
  });
});
