/** A person in the studio, from a folder of photos to files that other libraries read, in two languages. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedData } from "../shared_data.ts";
import {
  download,
  goTo,
  keptProject,
  lastRun,
  openStudio,
  pause,
  pictures,
  runIs,
  startTraining,
  there,
  upload,
} from "./studio_page.ts";
import { answersOfGraft, answersOfOthers, type TakenAway } from "./studio_readers.ts";
import { type Site, text, visitSite } from "./visit.ts";

const photos = sharedData("photos_ants_bees");
const mobilenet = sharedData("weights/mobilenet_v1_025_224_tfjs");
/** Layers of MobileNet's last block and a half, before its own head. */
const LAST = 6;

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-studio-"));
  site = await visitSite();
});

afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

async function collect(page: Page): Promise<void> {
  await upload(page, "folder", photos!);
  await pictures(page, 130);
  const names = await page.$$eval(".class-head input", (found) => found.map(({ value }) => value));
  expect(names.sort()).toEqual(["ants", "bees"]);
}

async function chooseMobilenet(page: Page): Promise<void> {
  await goTo(page, "choose");
  const files = (await readdir(mobilenet!)).filter((name) => name !== "SOURCE.txt");
  await upload(page, "weights", ...files.map((name) => join(mobilenet!, name)));
  await page.waitForFunction(() =>
    document.querySelector("#facts")?.textContent?.includes("mobilenet_v1"),
  );
  expect((await page.$$(".layers tbody tr")).length).toBeGreaterThan(25);
}

async function understand(page: Page): Promise<void> {
  await goTo(page, "understand");
  await there(page, "#accuracy");
  expect(Number.parseFloat(await text(page, "#accuracy"))).toBeGreaterThanOrEqual(85);
  const rows = await page.$$eval("#confusion tbody tr", (found) =>
    found.map((row) => [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent))),
  );
  const counts = rows.flat();
  expect(rows.map((row) => row.length)).toEqual([2, 2]);
  const heldOut = Number(await text(page, "#held-out"));
  expect(counts.reduce((sum, n) => sum + n)).toBe(heldOut);
  const wrong = counts[1]! + counts[2]!;
  const shown = Math.min(12, wrong);
  await page.waitForFunction(
    (n: number) => document.querySelectorAll("#mistakes img").length === n,
    {},
    shown,
  );
}

/** Starts from what was trained, with the last blocks unfrozen. */
async function unfreezeLast(page: Page): Promise<void> {
  await goTo(page, "choose");
  await page.click("#network-run");
  while ((await keptProject(page))?.network.kind !== "run") await pause(100);
  await there(page, "#cut");
  await page.$eval(
    "#cut",
    (slider, layers) => {
      const input = slider as HTMLInputElement;
      input.value = String(Number(input.max) - layers);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    },
    LAST,
  );
  expect((await page.$$(".layers tr.trained")).length).toBeGreaterThanOrEqual(LAST);
}

/** What the page says about a photo: probabilities in the order of the classes. */
async function ask(page: Page, path: string): Promise<number[]> {
  await goTo(page, "understand");
  await upload(page, "picture", path);
  await there(page, "#ranking");
  const ranking = await page.$$eval("#ranking li", (rows) =>
    rows.map((row) => [row.querySelector("span")!.textContent, row.querySelector("meter")!.value]),
  );
  const probabilities = new Map(ranking as [string, number][]);
  return ["ants", "bees"].map((name) => probabilities.get(name)!);
}

async function takeAway(page: Page): Promise<TakenAway> {
  await goTo(page, "takeAway");
  const save = (format: string, name: string) =>
    download(page, `#save-${format}`, join(folder, "out"), name);
  return {
    safetensors: await save("safetensors", "model.safetensors"),
    h5: await save("h5", "model.h5"),
    onnx: await save("onnx", "model.onnx"),
    tfjs: await save("tfjs", "model-tfjs.zip"),
  };
}

/** A photo without loss, of the network's size: no library resizes or decodes it in its own way. */
async function makePhoto(): Promise<string> {
  const [ant] = await readdir(join(photos!, "val/ants"));
  const path = join(folder, "ant.png");
  const photo = sharp(join(photos!, "val/ants", ant!)).resize(224, 224, { fit: "cover" });
  await writeFile(path, await photo.png().toBuffer());
  return path;
}

describe.skipIf(!photos || !mobilenet)("photos and a network from files", () => {
  it("train a head, then the last blocks, across a reload, and the files answer as the page does", async () => {
    const { page, errors } = await openStudio(site);
    await collect(page);
    await chooseMobilenet(page);
    await goTo(page, "train");
    await startTraining(page, 8);
    await runIs(page, "done");
    await understand(page);

    await unfreezeLast(page);
    await goTo(page, "train");
    await startTraining(page, 6);
    await lastRun(page, ({ epochs, state }) => state === "running" && epochs.length > 0);
    await page.click("#pause");
    await there(page, "#go-on");
    await page.reload();
    await there(page, "#interrupted");
    await page.select("#language", "zh");
    await there(page, "#go-on-run:not(:disabled)");
    await page.click("#go-on-run");
    const { epochs, settings } = await runIs(page, "done");
    expect(epochs).toHaveLength(6);
    expect(settings.train.kind).toBe("layers");
    expect(await text(page, "#runs")).toContain("完成");
    await understand(page);

    const path = await makePhoto();
    const own = await ask(page, path);
    const files = await takeAway(page);
    expect(errors).toEqual([]);
    await page.close();

    const photo = new Blob([new Uint8Array(await readFile(path))]);
    const answers = [
      ...(await answersOfGraft(files, photo)),
      ...(await answersOfOthers(files, photo)),
    ];
    expect(own[0]! + own[1]!).toBeCloseTo(1, 3);
    for (const [reader, [ants, bees]] of answers) {
      expect(Math.abs(ants! - own[0]!), reader).toBeLessThan(2e-3);
      expect(Math.abs(bees! - own[1]!), reader).toBeLessThan(2e-3);
    }
  });
});
