/** Choosing in the studio: what layers cost, a step that is measured, and weights by name or address. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { serve, startServer, type TestServer } from "../platform/hostile_server.ts";
import { sharedData } from "../shared_data.ts";
import { violationsOf } from "./axe.ts";
import { fill, goTo, openStudio, pause, there } from "./studio_page.ts";
import { type Site, text, type Visit, visitSite } from "./visit.ts";
import { narrowTo } from "./width.ts";

const mobilenet = sharedData("weights/mobilenet_v1_025_224_tfjs");

let site: Site;

beforeAll(async () => {
  // Wherever the test runs, there is no other host.
  site = await visitSite({ args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"] });
});

afterEach(() => site.closePages());
afterAll(() => site?.close());

async function openChoice(): Promise<Visit> {
  const opened = await openStudio(site);
  await goTo(opened.page, "choose");
  await there(opened.page, "#facts");
  return opened;
}

async function fetchFrom(page: Page, from: string): Promise<void> {
  await fill(page, "#weights-from", from);
  await page.click("#fetch-weights");
}

const says = (page: Page, selector: string, wanted: string) =>
  page.waitForFunction(
    (at: string, words: string) => document.querySelector(at)?.textContent?.includes(words),
    { timeout: 60_000 },
    selector,
    wanted,
  );

describe("what layers cost", () => {
  it("is listed, and what freezing them saves is shown: in memory and by steps that are measured", async () => {
    const { page, errors } = await openChoice();
    const cells = await page.$$eval(".layers tbody tr:first-child td", (found) =>
      found.map(({ textContent }) => textContent),
    );
    // 3×3 over 3 channels to 8, on 32×32 pixels, two a product.
    expect(cells.slice(3)).toEqual(["8 × 32 × 32", "224", "442K", "1 KB"]);
    const memory = async () => Number.parseInt(await text(page, "#memory"), 10);
    await page.click("#train-all");
    await says(page, "#measured", "About");
    expect(await text(page, "#measured")).toMatch(/^About [\d.]+ (ms|s) a step$/);
    const all = await memory();
    await page.click("#train-head");
    await says(page, "#measured", "times faster than all layers");
    expect(await memory()).toBeLessThan(all);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe("weights by address", () => {
  it("are fetched, taken, and found again after a reload", async () => {
    const { page, errors } = await openChoice();
    const kept = await (await fetch(`${site.url}service_worker.js`)).text();
    const address = site.url + /assets\/letters-[\w-]+\.safetensors/.exec(kept)?.[0];
    await fetchFrom(page, address);
    await there(page, "#network-fetched:checked");
    await there(page, "#facts");
    await pause(500); // the project is written a moment after it changed
    await page.reload();
    await there(page, "#network-fetched:checked");
    await says(page, "#facts", "84,077");
    const shown = await page.$eval("#weights-from", (input) => (input as HTMLInputElement).value);
    expect(shown).toBe(address);
    expect(errors).toEqual([]);
    await page.close();
  });

  it("or it is said in words why they can't be had, and nothing is taken", async () => {
    const { page } = await openChoice();
    await page.click("#network-builtin");
    for (const [from, words] of [
      ["nonsense", "no published weights called nonsense"],
      ["http://example.org/a.pt", "begin with https://"],
      [`${site.url}assets/none.pt`, "nothing at this address (404)"],
      [`${site.url}studio/index.html`, "index.html: this is a web page, not weights"],
      ["https://nowhere.invalid/a.pt", "no server answers at this address"],
      ["squeezenet1_1", "no server answers at this address"],
    ]) {
      await fetchFrom(page, from);
      await says(page, "#fetch-problem", words);
    }
    expect(await page.$("#network-builtin:checked")).not.toBeNull();
    for (const theme of ["light", "dark"]) {
      await page.select("#theme", theme);
      expect(await violationsOf(page), theme).toEqual([]);
    }
    await page.select("#language", "zh");
    expect(await text(page, "#fetch-problem")).toContain("没有收到任何内容");
    await narrowTo(page, 360);
    await page.select("#language", "en");
    await page.close();
  });

  it("may come to the studio alone: all other pages connect to nobody", async () => {
    const policyAt = async (path: string) =>
      (await fetch(site.url + path)).headers.get("content-security-policy");
    expect(await policyAt("studio/index.html")).toContain("connect-src 'self' blob: https:;");
    for (const path of ["index.html", "benchmark/index.html", "examples/index.html"]) {
      expect(await policyAt(path), path).toContain("connect-src 'self' blob:;");
      expect(await (await fetch(site.url + path)).text()).toMatch(/connect-src \S+self\S+ blob:;/);
    }
  });
});

/** Has the worker that fetches weights ask a server on this machine, by a file's name, in place of the publisher. */
async function mirrored(page: Page, mirror: string): Promise<void> {
  await page.setBypassCSP(true);
  await page.evaluateOnNewDocument((address: string) => {
    const Original = Worker;
    globalThis.Worker = class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        const code = `
          const [real, early] = [fetch, []];
          self.fetch = async (url, options) => {
            const { body, status, headers } = await real("${address}" + url.split("/").at(-1), options);
            return new Response(body, { status, headers }); // which doesn't say that it came without encryption
          };
          self.onmessage = ({ data }) => early.push(data);
          import("${url}").then(() => early.map((data) => self.onmessage({ data })));`;
        const isFetching = String(url).includes("weights_worker");
        const blob = new Blob([code], { type: "text/javascript" });
        super(isFetching ? URL.createObjectURL(blob) : url, options);
      }
    };
  }, mirror);
}

describe.skipIf(!mobilenet)("weights by name", () => {
  let mirror: TestServer;

  beforeAll(async () => {
    mirror = await startServer((request, response) => {
      const path = request.url ?? "";
      response.setHeader("access-control-allow-origin", "*");
      response.setHeader("cross-origin-resource-policy", "cross-origin");
      if (path.endsWith(".pth")) {
        response.writeHead(200, { "content-length": 4_958_716 });
        response.write(Buffer.alloc(2e6)); // and no more of it
        return;
      }
      const file = path === "/model.json" ? "mobilenet_model.json" : path;
      serve(request, response, readFileSync(join(mobilenet!, file)));
    });
  });
  afterAll(() => mirror.close());

  it("are offered, shown on their way, cancelled, fetched and kept", async () => {
    const page = await site.browser.newPage();
    await mirrored(page, `${mirror.url}/`);
    await page.goto(`${site.url}studio/?lang=en#choose`);
    await there(page, "#facts");
    await page.focus("#weights-from");
    await page.waitForFunction(() => document.querySelectorAll("#published option").length > 20);
    await fetchFrom(page, "squeezenet1_1");
    await says(page, "#fetching", "2 MB of 5 MB");
    await page.click("#cancel-fetch");
    await page.waitForFunction(() => !document.querySelector("#fetching"));

    await fetchFrom(page, "mobilenet_v1_0.25");
    await there(page, "#network-fetched:checked");
    await says(page, "#facts", "mobilenet_v1");
    expect(await page.$$eval(".layers tbody tr", (rows) => rows.length)).toBeGreaterThan(25);
    await pause(500);
    const asked = mirror.ranges.length;
    await page.reload();
    await says(page, "#facts", "mobilenet_v1");
    expect(mirror.ranges).toHaveLength(asked);
    await page.close();
  });
});
