/**
 * A Chromium with WebGPU for tests and benches: an installed Chrome or Chromium where one works, else the
 * headless one inside `@sparticuz/chromium`, which needs no root and no system package.
 */
import puppeteer, { type Browser } from "puppeteer";
import { browserPaths, type Candidate, candidate } from "./browsers.ts";

export interface ChromiumOptions {
  /** Show no window (default). */
  headless?: boolean;
  /** "system" takes the machine's GPU where Chromium can use it, "swiftshader" the software adapter at any rate. */
  adapter?: "system" | "swiftshader";
  /** Program to start, or "bundled" for the one in `@sparticuz/chromium`. Default: see {@link launchChromium}. */
  executable?: string;
  /** More flags for Chromium. */
  args?: string[];
  /** Ctrl-C and SIGTERM are the caller's to handle, who then closes the browser. Otherwise it ends browser and program at once. */
  leaveInterrupts?: boolean;
  /** Milliseconds in which a program must start, and again in which it must find an adapter. Default 30,000. */
  timeout?: number;
}

const TIMEOUT = 30_000;

function flags(options: ChromiumOptions, { bundled }: Candidate): string[] {
  const list = ["--enable-unsafe-webgpu", "--disable-background-networking", "--disable-sync"];
  if (options.adapter === "swiftshader") list.push("--use-webgpu-adapter=swiftshader");
  else if (process.platform === "linux") {
    // Without these, headless Chromium on Linux doesn't reach a real GPU; without a GPU they do no harm.
    list.push("--enable-features=Vulkan", "--use-angle=vulkan", "--disable-vulkan-surface");
  }
  // Root can't have the sandbox, and the bundled program comes without the helper that it may need.
  if (bundled || process.getuid?.() === 0) list.push("--no-sandbox");
  return [...list, ...(options.args ?? [])];
}

async function launch(program: Candidate, options: ChromiumOptions): Promise<Browser> {
  const { headless = true, timeout = TIMEOUT } = options;
  const browser = await puppeteer.launch({
    executablePath: program.executable,
    headless: headless && program.bundled ? "shell" : headless,
    args: flags(options, program),
    env: { ...process.env, ...program.env },
    handleSIGINT: !options.leaveInterrupts,
    handleSIGTERM: !options.leaveInterrupts,
    timeout,
    // Software adapters answer late when the machine is busy.
    protocolTimeout: 600_000,
  });
  try {
    await within(timeout, requireAdapter(browser));
    return browser;
  } catch (error) {
    // One that doesn't answer may not close either.
    await within(5_000, browser.close()).catch(() => browser.process()?.kill("SIGKILL"));
    throw error;
  }
}

/** With an old graphics driver, Chromium may never answer a request for an adapter. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  work.catch(() => {}); // told by the race, unless that is over
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const give = () => reject(new Error(`no answer within ${milliseconds / 1000} s`));
    timer = setTimeout(give, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Only a secure context has WebGPU; a page that never leaves the browser saves a server. */
async function requireAdapter(browser: Browser): Promise<void> {
  const page = await browser.newPage();
  await page.setRequestInterception(true);
  page.on("request", (request) => void request.respond({ contentType: "text/html", body: "" }));
  await page.goto("http://localhost/");
  const found = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
  await page.close();
  if (!found) throw new Error("it has no WebGPU adapter");
}

/** A program that was tried in vain, and why it didn't serve. */
export interface Skipped {
  readonly path: string;
  readonly why: string;
}

/**
 * Starts the first of the programs that gives a WebGPU adapter in time.
 *
 * @throws one error that names each program tried and why it didn't serve.
 */
export async function launchFirst(
  paths: readonly string[],
  options: ChromiumOptions = {},
): Promise<{ browser: Browser; path: string; skipped: Skipped[] }> {
  const skipped: Skipped[] = [];
  for (const path of paths) {
    try {
      return { browser: await launch(await candidate(path), options), path, skipped };
    } catch (error) {
      skipped.push({ path, why: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new Error(
    "no Chromium with WebGPU could be started. Install Chrome, or set CHROME_PATH. Tried:\n" +
      skipped.map(({ path, why }) => `${path}: ${why}`).join("\n"),
  );
}

/**
 * Starts Chromium and makes sure that it has a WebGPU adapter.
 *
 * `options.executable`, else `$CHROME_PATH` or `$PUPPETEER_EXECUTABLE_PATH` (a path, or "bundled"), is used or
 * the call fails. Otherwise the first works of: Chrome or Chromium on PATH and in the usual places, the bundled
 * one. What was passed over is said once on stderr, and not tried again by this process or those it starts.
 */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const { browser, path, skipped } = await launchFirst(browserPaths(options.executable), options);
  if (skipped.length > 0) {
    for (const { path: other, why } of skipped) console.error(`${other} is passed over: ${why}`);
    process.env.CHROME_PATH = path;
  }
  return browser;
}
