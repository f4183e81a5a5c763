/** The site as a visitor has it: what tests of its pages begin with. */
import type { Browser, Page } from "puppeteer";
import { inject } from "vitest";
import { type ChromiumOptions, launchChromium } from "../../tools/chromium.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import { ask } from "../made_once.ts";

/** The built site, served to a browser of one's own. */
export interface Site {
  readonly url: string;
  readonly browser: Browser;
  /** Closes what a test that failed left open: a page that is open keeps the studio's project from the next one. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

/** Where pages are opened: a site's browser, or a context of it that keeps nothing of others. */
export interface Place {
  readonly url: string;
  readonly browser: Pick<Browser, "newPage">;
}

/** A page that is open, and what went wrong in it so far. */
export interface Visit {
  readonly page: Page;
  readonly errors: readonly string[];
}

export async function visitSite(options: ChromiumOptions = {}): Promise<Site> {
  const url = await ask(inject("siteGate"));
  const browser = await launchChromium({ adapter: adapterChoice(), ...options });
  const closePages = async () => {
    const left = (await browser.pages()).filter((page) => page.url().startsWith(url));
    await Promise.all(left.map((page) => page.close()));
  };
  return { url, browser, closePages, close: () => browser.close() };
}

/** @param path below the site's address. */
export async function openPage({ browser, url }: Place, path: string): Promise<Visit> {
  const page = await browser.newPage();
  page.setDefaultTimeout(200_000); // other tests may leave it little of the machine
  const errors = errorsOf(page, url);
  await page.goto(new URL(path, url).href);
  return { page, errors };
}

/** What goes wrong in a page from now on: errors that nobody caught or the console has, and addresses elsewhere. */
export function errorsOf(page: Page, home: string): readonly string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => void errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(home) && !/^(?:blob|data):/.test(address)) errors.push(address);
  });
  return errors;
}

export const text = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => element.textContent ?? "");
