/** What a person does in the studio, for its tests. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer";
import sharp from "sharp";
import type { Project, Run, RunState } from "../../demos/studio/project/types.ts";
import { openPage, type Place, type Visit } from "./visit.ts";

export async function openStudio(place: Place, language = "en"): Promise<Visit> {
  const visit = await openPage(place, `studio/?lang=${language}`);
  await visit.page.setViewport({ width: 1280, height: 900 });
  await visit.page.waitForSelector(".class-card");
  return visit;
}

export const there = (page: Page, selector: string, timeout = 120_000) =>
  page.waitForSelector(selector, { timeout });

export async function goTo(page: Page, step: string): Promise<void> {
  await page.click(`.steps a[href="#${step}"]`);
  await there(page, `.steps a[href="#${step}"][aria-current]`);
}

/** Chooses files as a person does in the browser's dialog; a folder where one is asked for. */
export async function upload(page: Page, id: string, ...paths: string[]): Promise<void> {
  const input = await page.waitForSelector<"input">(`input#${id}` as "input");
  await input?.uploadFile(...paths);
}

/** Waits until so many pictures are on the page. */
export const pictures = (page: Page, count: number) =>
  page.waitForFunction(
    (wanted: number) =>
      [...document.querySelectorAll(".class-card .count")].reduce(
        (sum, element) => sum + Number.parseInt(element.textContent ?? "0", 10),
        0,
      ) === wanted,
    { timeout: 200_000 },
    count,
  );

/** Sets a field as typing does. */
export async function fill(page: Page, selector: string, value: string): Promise<void> {
  await page.$eval(
    selector,
    (element, given) => {
      (element as HTMLInputElement).value = given;
      element.dispatchEvent(new Event("input", { bubbles: true }));
      element.dispatchEvent(new Event("change", { bubbles: true }));
    },
    value,
  );
}

/** Begins a training of so many epochs, at the step where that is done, and waits until the browser keeps its run. */
export async function startTraining(page: Page, epochs: number): Promise<void> {
  const runs = async () => (await keptProject(page))?.runs.length ?? 0;
  const before = await runs();
  await fill(page, "#epochs", String(epochs));
  await there(page, "#start:not(:disabled)");
  await page.click("#start");
  await there(page, "#progress");
  while ((await runs()) <= before) await pause(100);
}

export const pause = (milliseconds: number) =>
  new Promise<void>((done) => setTimeout(done, milliseconds));

/** The project as the browser keeps it, a moment after it changed; undefined before that. */
export const keptProject = (page: Page): Promise<Project | undefined> =>
  page.evaluate(
    () =>
      new Promise<Project | undefined>((done, fail) => {
        const opening = indexedDB.open("graft-studio");
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const asked = database.transaction("projects").objectStore("projects").get("current");
          asked.onerror = () => fail(asked.error);
          asked.onsuccess = () => {
            database.close();
            done(asked.result);
          };
        };
      }),
  );

/** Waits until the last run is kept so. @returns it. */
export async function lastRun(
  page: Page,
  isSo: (run: Run) => boolean,
  timeout = 200_000,
): Promise<Run> {
  const end = performance.now() + timeout;
  for (;;) {
    const run = (await keptProject(page))?.runs.at(-1);
    if (run && isSo(run)) return run;
    if (run?.state === "failed") throw new Error(`the training failed: ${run.why}`);
    if (performance.now() > end) {
      throw new Error(`the last run is ${run?.state} after ${run?.epochs.length} epochs`);
    }
    await pause(200);
  }
}

export const runIs = (page: Page, state: RunState): Promise<Run> =>
  lastRun(page, (run) => run.state === state);

/** So many pictures of each of two classes: bright and dark squares. */
export async function makePictures(at: string, count: number): Promise<void> {
  for (const [name, background] of [
    ["bright", "white"],
    ["dark", "black"],
  ] as const) {
    await mkdir(join(at, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const create = { width: 40 + i, height: 36, channels: 3, background } as const;
      await writeFile(join(at, name, `${i}.png`), await sharp({ create }).png().toBuffer());
    }
  }
}

/** Clicks what hands out a file. @returns its bytes. */
export async function download(
  page: Page,
  selector: string,
  folder: string,
  name: string,
): Promise<Uint8Array> {
  await mkdir(folder, { recursive: true });
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await there(page, `${selector}:not(:disabled)`);
  await page.click(selector);
  for (let tries = 0; tries < 600; tries++) {
    if ((await readdir(folder)).includes(name)) return readFile(join(folder, name));
    await pause(100);
  }
  throw new Error(`${name} wasn't handed out; there are ${await readdir(folder)}`);
}
