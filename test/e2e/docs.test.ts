/** The documentation as a visitor has it: built as a part of the site, below any path, under the site's policy. */

import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../../tools/chromium.ts";
import { policy } from "../../tools/site/policy.ts";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import { repository } from "../import_graph.ts";
import { violationsOf } from "./axe.ts";
import { errorsOf } from "./visit.ts";

let folder: string;
let server: StaticServer;
let browser: Browser;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-docs-"));
  const args = ["--import", "./tools/register.mjs", "tools/docs/build.ts", "--out", folder];
  await promisify(execFile)(process.execPath, args, { cwd: repository });
  const headers = { "content-security-policy": policy };
  server = await serveFolders({ "/some/where/": folder }, { headers });
  browser = await launchChromium({ adapter: adapterChoice() });
  page = await browser.newPage();
  page.setDefaultTimeout(200_000); // other tests may leave it little of the machine
  errors = errorsOf(page, server.url);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (path: string) => page.goto(new URL(`some/where/${path}`, server.url).href);

/** Addresses within the documentation that lead nowhere. */
function deadLinks(): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const pages = paths.filter((path) => path.endsWith(".html"));
  const texts = new Map(pages.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  const ids = new Map([...texts].map(([path, text]) => [path, idsOf(text)]));
  return [...texts].flatMap(([path, text]) =>
    [...text.matchAll(/(?:href|src)="([^"]*)"/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^(?:[a-z]+:|#?$)/.test(link))
      .filter((link) => {
        const [to, anchor] = link.split("#");
        const target = to ? join(dirname(path), decodeURI(to)) : path;
        if (!existsSync(join(folder, target))) return true;
        return (
          Boolean(anchor) && ids.has(target) && !ids.get(target)!.has(decodeURIComponent(anchor!))
        );
      })
      .map((link) => `${path}: ${link}`),
  );
}

const idsOf = (html: string) => new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!));

describe("the documentation", () => {
  it("has no dead link", () => {
    expect(deadLinks()).toEqual([]);
  });

  it("has nothing within its pages that the policy forbids", () => {
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const forbidden = paths.filter((path) => {
      const html = path.endsWith(".html") ? readFileSync(join(folder, path), "utf8") : "";
      return /<[^>]* style="|<style|<script>|<[^>]* on\w+="/.test(html);
    });
    expect(forbidden).toEqual([]);
  });

  it("opens with guides and entries on the left, under the policy", async () => {
    await open("index.html");
    expect(await page.title()).toBe("Graft");
    await page.waitForSelector("nav.tsd-navigation a.current, nav.tsd-navigation ul a");
    const names: string[] = await page.$$eval("nav.tsd-navigation a", (links) =>
      links.map((link) => link.textContent?.trim() ?? ""),
    );
    expect(names).toEqual(
      expect.arrayContaining(["A first fine-tune", "webgraft/nn", "第一次微调"]),
    );
    expect(errors).toEqual([]);
  });

  it("finds a name and a word of a guide", async () => {
    await open("index.html");
    await page.click("#tsd-search-trigger");
    await page.type("#tsd-search-input", "discriminativeLr");
    await page.waitForSelector("#tsd-search-results a");
    expect(await page.$eval("#tsd-search-results", ({ textContent }) => textContent)).toMatch(
      /discriminativeLr/,
    );
    expect(errors).toEqual([]);
  });

  it.each(["index.html", "guides/own_op.html", "guides/migrating.html"])(
    "axe finds nothing in %s",
    async (path) => {
      await open(path);
      await page.waitForSelector("nav.tsd-navigation ul a");
      expect(await violationsOf(page)).toEqual([]);
    },
  );

  it("is dark where the site's pages are", async () => {
    await page.evaluate(() => localStorage.setItem("graft-theme", "dark"));
    await open("modules/webgraft_nn.html");
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await page.evaluate(() => localStorage.clear());
  });

  it.each([360, 768, 1280])("has no sideways scrolling at %i pixels", async (width) => {
    await page.setViewport({ width, height: 800 });
    for (const path of ["index.html", "modules/webgraft_transfer.html"]) {
      await open(path);
      expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBe(width);
    }
  });
});
