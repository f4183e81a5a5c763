/** What a person does in the studio, for its tests. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer";

/** A page of the studio, and the errors that nobody caught. */
export interface StudioPage {
  readonly page: Page;
  readonly errors: string[];
}

export async function openStudio(browser: Browser, url: string): Promise<StudioPage> {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(`${url}studio/?lang=en`);
  await page.waitForSelector(".steps");
  return { page, errors };
}

export const text = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent ?? "");

export const there = (page: Page, selector: string, timeout = 60_000) =>
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
    { timeout: 90_000 },
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
  await page.click(selector);
  for (let tries = 0; tries < 300; tries++) {
    if ((await readdir(folder)).includes(name)) return readFile(join(folder, name));
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${name} wasn't handed out; there are ${await readdir(folder)}`);
}
