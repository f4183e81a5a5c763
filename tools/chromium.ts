/**
 * A Chromium with WebGPU for tests and benches: an installed Chrome or Chromium where one works, else the
 * headless one inside `@sparticuz/chromium`, which needs no root and no system package.
 */
import puppeteer, { type Browser } from "puppeteer";
import { adapterName } from "../src/gpu/index.ts";
import { browserPaths, type Candidate, candidate } from "./browsers.ts";

export type ChromiumAdapter = "system" | "swiftshader";

export interface ChromiumOptions {
  /** Show no window (default). */
  headless?: boolean;
  /**
   * "system" (default) takes the machine's GPU or driver where Chromium can use it, else SwiftShader, which it carries;
   * "swiftshader" takes that at any rate.
   */
  adapter?: ChromiumAdapter;
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

/** A browser that runs, and what its pages compute on: the adapter's name. */
export interface Launched {
  readonly browser: Browser;
  readonly gpu: string;
}

/** The browser runs, but gives no adapter with these flags. */
class NoAdapterError extends Error {}

function flags(
  adapter: ChromiumAdapter,
  options: ChromiumOptions,
  { bundled }: Candidate,
): string[] {
  const list = ["--enable-unsafe-webgpu", "--disable-background-networking", "--disable-sync"];
  if (adapter === "swiftshader") list.push("--use-webgpu-adapter=swiftshader");
  else if (process.platform === "linux") {
    // Without these, headless Chromium on Linux doesn't reach a real GPU; without a GPU they do no harm.
    list.push("--enable-features=Vulkan", "--use-angle=vulkan", "--disable-vulkan-surface");
  }
  // Root can't have the sandbox, and the bundled program comes without the helper that it may need.
  if (bundled || process.getuid?.() === 0) list.push("--no-sandbox");
  return [...list, ...(options.args ?? [])];
}

async function launch(
  program: Candidate,
  adapter: ChromiumAdapter,
  options: ChromiumOptions,
): Promise<Launched> {
  const { headless = true, timeout = TIMEOUT } = options;
  const browser = await puppeteer.launch({
    executablePath: program.executable,
    headless: headless && program.bundled ? "shell" : headless,
    args: flags(adapter, options, program),
    env: { ...process.env, ...program.env },
    handleSIGINT: !options.leaveInterrupts,
    handleSIGTERM: !options.leaveInterrupts,
    timeout,
    // Software adapters answer late when the machine is busy.
    protocolTimeout: 600_000,
  });
  try {
    return { browser, gpu: await within(timeout, requireAdapter(browser)) };
  } catch (error) {
    await closeWhole(browser);
    throw error;
  }
}

/**
 * One that doesn't answer may not close either, or leave its GPU process behind, which an old driver can hold for ever: with
 * the output that it inherited, that would keep this program from ending.
 */
export async function closeWhole(browser: Browser): Promise<void> {
  const pid = browser.process()?.pid;
  await within(5_000, browser.close()).catch(() => {});
  try {
    if (pid && process.platform !== "win32")
      process.kill(-pid, "SIGKILL"); // all of its group
    else browser.process()?.kill("SIGKILL");
  } catch {
    // Nobody is left.
  }
}

/** With an old graphics driver, Chromium may never answer a request for an adapter. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  work.catch(() => {}); // told by the race, unless that is over
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const give = () => reject(new NoAdapterError(`no answer within ${milliseconds / 1000} s`));
    timer = setTimeout(give, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The name of the adapter that pages get. Only a secure context has WebGPU; a page that never leaves the browser saves a
 * server.
 */
async function requireAdapter(browser: Browser): Promise<string> {
  const page = await browser.newPage();
  await page.setRequestInterception(true);
  page.on("request", (request) => void request.respond({ contentType: "text/html", body: "" }));
  await page.goto("http://localhost/");
  const info = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return null;
    const { description, vendor, architecture } = adapter.info;
    return { description, vendor, architecture };
  });
  await page.close();
  if (!info) throw new NoAdapterError("it has no WebGPU adapter");
  return adapterName(info);
}

/** A program that was tried in vain, and why it didn't serve. */
export interface Skipped {
  readonly path: string;
  /** Where it started, but gave no adapter: which one it was asked for. */
  readonly adapter?: ChromiumAdapter;
  readonly why: string;
}

/** Where a program doesn't start, Puppeteer hands out all that it printed: the last error of that is why. */
function inOneLine(error: unknown): string {
  const [first, ...printed] = (error instanceof Error ? error.message : String(error)).split("\n");
  const fault = printed.findLast((line) => /^\[\S*:(ERROR|FATAL):\S*\] /.test(line));
  return fault?.replace(/^\[\S*\] /, "").match(/^.*?[.!](?= |$)|^.*/)?.[0] ?? first!;
}

/** Says it to a person. */
export function skippedLine({ path, adapter, why }: Skipped): string {
  if (!adapter) return `${path}: ${why}`;
  return `${path} on ${adapter === "system" ? "the machine's graphics driver" : "SwiftShader"}: ${why}`;
}

/** What {@link launchFirst} started. */
export interface Found extends Launched {
  readonly path: string;
  readonly adapter: ChromiumAdapter;
  /** What didn't serve before; with the same path where it was the machine's driver that didn't. */
  readonly skipped: readonly Skipped[];
}

/**
 * Starts the first of the programs that gives a WebGPU adapter in time: each with the machine's graphics driver, and, if
 * that gives none, with SwiftShader.
 *
 * @throws one error that names each program tried and why it didn't serve.
 */
export async function launchFirst(
  paths: readonly string[],
  options: ChromiumOptions = {},
): Promise<Found> {
  const adapters: readonly ChromiumAdapter[] =
    options.adapter === "swiftshader" ? ["swiftshader"] : ["system", "swiftshader"];
  const skipped: Skipped[] = [];
  for (const path of paths) {
    for (const adapter of adapters) {
      try {
        const launched = await launch(await candidate(path), adapter, options);
        return { ...launched, path, adapter, skipped };
      } catch (error) {
        const started = error instanceof NoAdapterError;
        const why = inOneLine(error);
        skipped.push(started ? { path, adapter, why } : { path, why });
        if (!started) break; // nor would it with another adapter
      }
    }
  }
  throw new Error(
    "no Chromium with WebGPU could be started. Install Chrome, or set CHROME_PATH. Tried:\n" +
      skipped.map(skippedLine).join("\n"),
  );
}

/**
 * Starts Chromium and makes sure that it has a WebGPU adapter.
 *
 * `options.executable`, else `$CHROME_PATH` or `$PUPPETEER_EXECUTABLE_PATH` (a path, or "bundled"), is used or
 * the call fails. Otherwise the first works of: Chrome or Chromium on PATH and in the usual places, the bundled
 * one. What was passed over is said once on stderr, and not tried again by this process or those it starts:
 * `$CHROME_PATH` and `$GRAFT_CHROME_ADAPTER` tell them.
 */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const known = process.env.GRAFT_CHROME_ADAPTER === "swiftshader" ? "swiftshader" : undefined;
  const adapter = known ?? options.adapter ?? "system";
  const found = await launchFirst(browserPaths(options.executable), { ...options, adapter });
  if (found.skipped.length > 0) {
    for (const skipped of found.skipped) console.error(`passed over: ${skippedLine(skipped)}`);
    process.env.CHROME_PATH = found.path;
    if (found.adapter !== adapter) process.env.GRAFT_CHROME_ADAPTER = found.adapter;
  }
  return found.browser;
}
