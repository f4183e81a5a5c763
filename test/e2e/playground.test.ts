/** The playground: learns, carries over in every way, and says what a drawing is; with MNIST and USPS where they are at hand. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedData } from "../shared_data.ts";
import { violationsOf } from "./axe.ts";
import { crashGpu, tellsProcesses } from "./gpu_processes.ts";
import { openPage, type Site, type Visit, visitSite } from "./visit.ts";
import { narrowTo } from "./width.ts";

/** As little as makes sense: software adapters are slow. */
const QUICK = "lang=en&perClass=2&sourcePerClass=10&sourceEpochs=1&epochs=1";

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-playground-"));
  site = await visitSite();
});

afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

/** USPS's file of test pictures with its first 300: every network is tried on all of them, before it learns and after. */
async function fewTestPictures(usps: string): Promise<string> {
  const text = gunzipSync(await readFile(`${usps}/zip.test.gz`)).toString("latin1");
  const path = join(folder, "zip.test.gz");
  await writeFile(path, gzipSync(text.split("\n").slice(0, 300).join("\n")));
  return path;
}

async function open(): Promise<Visit> {
  const visit = await openPage(site, `playground/?${QUICK}`);
  await visit.page.waitForSelector("#start");
  return visit;
}

/** "before", "after" and gap of each way, as the table has them. */
const table = (page: Page): Promise<string[][]> =>
  page.$$eval("#results tbody tr", (rows) =>
    rows.map((row) => [...row.children].map(({ textContent }) => textContent ?? "")),
  );

async function runs(page: Page): Promise<void> {
  await page.click("#start");
  await page.waitForSelector("#drawing");
  const rows = await table(page);
  expect(rows.map(([way]) => way?.split(":")[0])).toEqual([
    "source's network as it is",
    "parameters",
    "features",
    "structure",
    "joint objective",
  ]);
  for (const [, before, after, gap] of rows.slice(1)) {
    expect(before).toMatch(/^\d+\.\d %$/);
    expect(after).toMatch(/^\d+\.\d %$/);
    expect(gap).toMatch(/^\d\.\d{3}$/);
  }
}

describe("the playground", () => {
  it("carries printed digits over to drawn ones, and tells what a drawing is", async () => {
    const { page, errors } = await open();
    await runs(page);
    expect((await page.$$("#pictures canvas")).length).toBe(20);
    expect((await page.$$("#curves canvas")).length).toBe(1);
    if (tellsProcesses) expect(crashGpu(site.browser)).toBeGreaterThan(0); // nobody sees it
    await (await page.$("#drawing canvas"))?.scrollIntoView();
    const box = await (await page.$("#drawing canvas"))?.boundingBox();
    const { x, y, width } = box!;
    await page.mouse.move(x + width / 2, y + width / 5);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + (4 * width) / 5, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction(() => {
      const answers = [...document.querySelectorAll("#answers dd")];
      return answers.every(({ textContent }) => /^\d, \d+ %$/.test(textContent ?? ""));
    });
    expect(await violationsOf(page)).toEqual([]);
    await page.select("#language", "zh");
    expect(await page.$eval("#results h2", ({ textContent }) => textContent)).toBe("并排比较");
    for (const size of [360, 768, 1280]) await narrowTo(page, size);
    expect(errors).toEqual([]);
    await page.close();
  });

  it("says which file is missing", async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const files = new DataTransfer();
      files.items.add(new File(["x"], "zip.train.gz"));
      const input = document.querySelector<HTMLInputElement>("#files")!;
      input.files = files.files;
      input.dispatchEvent(new Event("change"));
    });
    await page.click("#start");
    const notice = await page.waitForSelector(".notice.bad");
    expect(await notice?.evaluate(({ textContent }) => textContent)).toMatch(/train-images/);
    await page.close();
  });

  const [mnist, usps] = [sharedData("mnist"), sharedData("usps")];
  it.skipIf(!mnist || !usps)("carries MNIST over to USPS from their own files", async () => {
    const { page, errors } = await open();
    const input = await page.$<"input">("input#files" as "input");
    await input?.uploadFile(
      `${mnist}/train-images-idx3-ubyte.gz`,
      `${mnist}/train-labels-idx1-ubyte.gz`,
      `${usps}/zip.train.gz`,
      await fewTestPictures(usps!),
    );
    await runs(page);
    expect(errors).toEqual([]);
    await page.close();
  });
});
