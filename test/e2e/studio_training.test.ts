/** Training in the studio, on small pictures and the built-in network: what a person sets, interrupts and takes away. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "puppeteer";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadWeights } from "../../src/formats/index.ts";
import { violationsOf } from "./axe.ts";
import { crashGpu, tellsProcesses } from "./gpu_processes.ts";
import {
  download,
  goTo,
  lastRun,
  makePictures,
  openStudio,
  pause,
  pictures,
  runIs,
  startTraining,
  there,
  upload,
} from "./studio_page.ts";
import { longestTask, memoryOf, notedOf, stepsAfter, watchTrainer } from "./studio_probe.ts";
import { type Site, text, visitSite } from "./visit.ts";

const STEPS = ["collect", "choose", "train", "understand", "takeAway"];

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-studio-"));
  await makePictures(join(folder, "photos"), 6);
  site = await visitSite();
});

afterEach(() => site.closePages());
afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens the studio with the pictures collected, at the step where training is set. */
async function openCollected() {
  const visit = await openStudio(site);
  if (!(await visit.page.$(".thumbnail"))) {
    await upload(visit.page, "folder", join(folder, "photos"));
  }
  await pictures(visit.page, 12);
  await goTo(visit.page, "train");
  return visit;
}

/** Says what is trained, and goes back to where training is set. */
async function train(page: Page, what: "head" | "auto"): Promise<void> {
  await goTo(page, "choose");
  await there(page, `#train-${what}`);
  await page.click(`#train-${what}`);
  await goTo(page, "train");
}

/** Whether the state of a training was kept since so many epochs were told. */
const isKeptAfter = (epochs: number, log: readonly string[]) =>
  log.slice(0, Math.max(0, log.lastIndexOf("kept"))).filter((kind) => kind === "epoch").length >=
  epochs;

/** What the network is saved as by a button. */
const saved = (page: Page, format: string, name: string) =>
  download(page, `#save-${format}`, join(folder, "out"), name);

describe("a long training", () => {
  it("leaves the page free and memory flat, pauses within a step and begins none after a stop", async () => {
    const { page, errors } = await openCollected();
    await page.select("#batch-size", "4");
    await watchTrainer(page);
    await startTraining(page, 500);
    await lastRun(page, ({ epochs }) => epochs.length >= 30);
    const before = await memoryOf(page);
    const longest = await longestTask(page, () =>
      lastRun(page, ({ epochs }) => epochs.length >= 130),
    );
    expect(longest).toBeLessThan(50);
    const after = await memoryOf(page);
    expect(after.gpu - before.gpu).toBeLessThan(1e5); // a state that is being read comes and goes
    expect(after.page - before.page).toBeLessThan(1e6);
    expect(after.worker - before.worker).toBeLessThan(1e6);

    await page.click("#pause");
    await there(page, "#go-on");
    await pause(1000);
    expect(await stepsAfter(page, "pause")).toBeLessThanOrEqual(1);
    const { submits } = await notedOf(page);
    await pause(1000);
    expect((await notedOf(page)).submits).toBe(submits);
    await page.click("#go-on");
    await there(page, "#pause");
    await page.click("#stop");
    await runIs(page, "stopped");
    // A step is queued while the one before it is under way: what these two come to is told, and none begins after
    // the stop (test/train/continue.gpu.test.ts counts them where it is known what is queued).
    expect(await stepsAfter(page, "stop")).toBeLessThanOrEqual(2);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe("what can be set", () => {
  it("the learning rate that is looked for, and the same from scratch to compare", async () => {
    const { page, errors } = await openCollected();
    await page.click("#find-lr");
    await page.click("#compare");
    await startTraining(page, 2);
    const { rates, result, scratch, settings } = await runIs(page, "done");
    expect(rates?.losses.length).toBeGreaterThan(5);
    expect(settings).toMatchObject({ lr: rates?.suggestion, findLr: false });
    expect(scratch).toHaveLength(2);
    expect(result?.scratch).toBeGreaterThanOrEqual(0);
    expect(await text(page, ".chart + .faint")).toMatch(/^Took \S+$/);
    await goTo(page, "understand");
    expect(await text(page, "#scratch")).toMatch(/%$/);
    expect(errors).toEqual([]);
    await page.close();
  });

  it("nothing: what to train is chosen", async () => {
    const { page, errors } = await openCollected();
    for (const id of ["#find-lr", "#compare"]) {
      if (await page.$(`${id}:checked`)) await page.click(id);
    }
    await train(page, "auto");
    await startTraining(page, 2);
    const { settings, result } = await runIs(page, "done");
    expect(settings.train).toEqual({ kind: "auto" });
    expect(settings.frozen).not.toBe(undefined);
    expect(settings.lr).toBeGreaterThan(0);
    expect(result?.verdicts.length).toBeGreaterThan(0);
    await goTo(page, "takeAway");
    const onnx = await loadWeights(await saved(page, "onnx", "model.onnx"));
    expect(onnx.graph?.classes).toEqual(["bright", "dark"]);
    const files = unzipSync(await saved(page, "tfjs", "model-tfjs.zip"));
    const tfjs = await loadWeights(files);
    expect([...tfjs.tensors.keys()].sort()).toEqual([...onnx.tensors.keys()].sort());
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe("a training that is interrupted", () => {
  it("goes on after the tab was closed and after the GPU's process died; what it came to is taken away", async () => {
    const first = await openCollected();
    await train(first.page, "head");
    await first.page.click("#augment"); // no features are kept then: an epoch takes long enough to be interrupted
    await watchTrainer(first.page);
    await startTraining(first.page, 500);
    while (!isKeptAfter(2, (await notedOf(first.page)).log)) await pause(200);
    await lastRun(first.page, ({ epochs }) => epochs.length >= 2);
    await first.page.close();

    const { page, errors } = await openStudio(site);
    await goTo(page, "train");
    await there(page, "#interrupted");
    expect(await text(page, "#runs")).toContain("interrupted");
    await watchTrainer(page);
    await there(page, "#go-on-run:not(:disabled)");
    const before = (await lastRun(page, () => true)).epochs.length;
    await page.click("#go-on-run");
    await lastRun(page, ({ epochs }) => epochs.length > before);
    await page.click("#pause");
    await there(page, "#go-on");
    await pause(1000); // the step under way ends, and what it told is kept
    const told = (await notedOf(page)).log.filter((kind) => kind === "epoch");
    expect((await lastRun(page, () => true)).epochs.length).toBeGreaterThan(told.length);
    await page.click("#go-on");
    if (tellsProcesses) {
      expect(crashGpu(site.browser)).toBeGreaterThan(0);
      const dead = (await lastRun(page, () => true)).epochs.length;
      await lastRun(page, ({ epochs }) => epochs.length >= dead + 2);
    }
    await page.click("#stop");
    const { result } = await runIs(page, "stopped");
    expect(result?.info.classes).toEqual(["bright", "dark"]);

    await goTo(page, "takeAway");
    const network = await loadWeights(await saved(page, "safetensors", "model.safetensors"));
    expect(JSON.parse(network.metadata.graft ?? "").classes).toEqual(["bright", "dark"]);
    await download(page, "#save-page", join(folder, "out"), "predict.html");
    await download(page, "#save-project", join(folder, "out"), "graft-project.zip");
    expect(await text(page, "#code")).toContain('import { finetune } from "webgraft";');
    expect(errors).toEqual([]);
    await page.close();
  });

  it("hands out a page that predicts by itself", async () => {
    const page = await site.browser.newPage();
    await page.goto(`file://${join(folder, "out/predict.html")}`);
    await there(page, "#file:not(:disabled)");
    await upload(page, "file", join(folder, "photos/dark/1.png"));
    await there(page, "#ranking li");
    expect(await text(page, "#ranking li")).toMatch(/^(dark|bright)\d+\.\d %$/);
    await page.close();
  });

  it("and a project file that is opened again", async () => {
    const { page } = await openStudio(site);
    page.on("dialog", (dialog) => void dialog.accept());
    await goTo(page, "takeAway");
    await page.click("#start-over");
    await there(page, '.steps a[href="#collect"][aria-current]'); // where it ends
    await pictures(page, 0);
    await goTo(page, "takeAway");
    await upload(page, "open-project", join(folder, "out/graft-project.zip"));
    await pictures(page, 12);
    await goTo(page, "understand");
    await there(page, "#accuracy");
    await page.close();
  });
});

/** With the project that was opened last, so that there is something to see. */
describe("every step", () => {
  it("has no violation that axe finds, fits 360 pixels and speaks Chinese", async () => {
    const { page } = await openStudio(site);
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
