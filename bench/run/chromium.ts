/** Runs the suite in a page of headless Chromium. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer";
import { bundlePage, writePage } from "../../tools/bundle_page.ts";
import { type ChromiumOptions, launchChromium } from "../../tools/chromium.ts";
import { serveFolders } from "../../tools/static_server.ts";
import { peerModule } from "../peers/list.ts";
import type { Message, Session, SuiteRequest } from "./messages.ts";

const bench = fileURLToPath(new URL("..", import.meta.url));

/** The bundles, served on this machine. */
export interface BenchPage {
  readonly url: string;
  close(): Promise<void>;
}

/** Bundles the page and one file for each peer. */
export async function servePage(engines: readonly string[]): Promise<BenchPage> {
  const folder = await mkdtemp(join(tmpdir(), "graft-bench-"));
  const peers = engines.filter((name) => name !== "graft");
  const entries = peers.map((name) => [name, `export * from "./${peerModule(name)}";`]);
  const code = { page: 'import "./run/page.ts";', ...Object.fromEntries(entries) };
  await writePage(folder, await bundlePage({ root: bench, entries: code }));
  const page = '<!doctype html><title>bench</title><script type="module" src="page.js"></script>';
  await writeFile(join(folder, "index.html"), page);
  const server = await serveFolders({
    "/": folder,
    "/assets/": join(bench, "../assets"),
    "/tfjs-wasm/": join(bench, "peers/node_modules/@tensorflow/tfjs-backend-wasm/dist"),
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Rejects when the page or the browser dies: no message would ever come. */
function watchForCrash(browser: Browser, page: Page): Promise<never> {
  return new Promise((_, reject) => {
    page.once("error", (error) => reject(new Error(`the page crashed: ${error.message}`)));
    browser.once("disconnected", () => reject(new Error("Chromium ended unexpectedly")));
  });
}

async function runIn(
  browser: Browser,
  url: string,
  request: SuiteRequest,
  receive: (message: Message) => void,
): Promise<void> {
  const page = await browser.newPage();
  const crash = watchForCrash(browser, page);
  const finished = new Promise<void>((resolve, reject) => {
    void page.exposeFunction("benchMessage", (message: Message) => {
      if (message.type === "done") resolve();
      else if (message.type === "failed") reject(new Error(message.text));
      else receive(message);
    });
  });
  finished.catch(() => {}); // told by the race below
  crash.catch(() => {});
  await page.goto(url);
  await page.waitForFunction("typeof runInPage === 'function'");
  // Not awaited: a run takes longer than an answer may.
  await page.evaluate(`void runInPage(${JSON.stringify(request)})`);
  try {
    await Promise.race([finished, crash]);
  } finally {
    await page.close().catch(() => {});
  }
}

/** A Chromium that has run nothing yet. */
export async function openChromium(page: BenchPage, options: ChromiumOptions): Promise<Session> {
  const browser = await launchChromium(options);
  return {
    run: (request, receive) => runIn(browser, page.url, request, receive),
    close: () => browser.close(),
  };
}

/** What the browser calls itself, such as "Chrome/147.0.7000.1". */
export async function chromiumVersion(options: ChromiumOptions): Promise<string> {
  const browser = await launchChromium(options);
  try {
    return await browser.version();
  } finally {
    await browser.close();
  }
}
