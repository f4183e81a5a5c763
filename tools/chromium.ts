/**
 * A Chromium with WebGPU for tests and benches: an installed Chrome or Chromium where there is one, else the
 * headless one inside `@sparticuz/chromium`, which needs no root and no system package.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import puppeteer, { type Browser } from "puppeteer";
import { bundledChromium } from "../src/platform/node/index.ts";

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
}

interface Candidate {
  executable: string;
  bundled: boolean;
  env: Record<string, string>;
}

const programs = [
  "google-chrome-stable",
  "google-chrome",
  "chromium",
  "chromium-browser",
  "chrome",
];

function onPath(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const suffix = process.platform === "win32" ? ".exe" : "";
  return programs.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
}

function usualPlaces(): string[] {
  if (process.platform === "darwin") {
    const apps = ["Google Chrome", "Chromium"].map((n) => `${n}.app/Contents/MacOS/${n}`);
    return ["/Applications", join(homedir(), "Applications")].flatMap((f) =>
      apps.map((a) => join(f, a)),
    );
  }
  if (process.platform === "win32") {
    const { PROGRAMFILES, "PROGRAMFILES(X86)": x86, LOCALAPPDATA } = process.env;
    const folders = [PROGRAMFILES, x86, LOCALAPPDATA].filter((folder) => folder !== undefined);
    return folders.map((folder) => join(folder, "Google", "Chrome", "Application", "chrome.exe"));
  }
  return ["/opt/google/chrome/chrome", "/snap/bin/chromium"];
}

async function bundled(): Promise<Candidate> {
  return { ...(await bundledChromium()), bundled: true };
}

function installed(executable: string): Candidate {
  return { executable, bundled: false, env: {} };
}

function flags(options: ChromiumOptions, candidate: Candidate): string[] {
  const list = ["--enable-unsafe-webgpu", "--disable-background-networking", "--disable-sync"];
  if (options.adapter === "swiftshader") list.push("--use-webgpu-adapter=swiftshader");
  else if (process.platform === "linux") {
    // Without these, headless Chromium on Linux doesn't reach a real GPU; without a GPU they do no harm.
    list.push("--enable-features=Vulkan", "--use-angle=vulkan", "--disable-vulkan-surface");
  }
  // Root can't have the sandbox, and the bundled program comes without the helper that it may need.
  if (candidate.bundled || process.getuid?.() === 0) list.push("--no-sandbox");
  return [...list, ...(options.args ?? [])];
}

async function launch(candidate: Candidate, options: ChromiumOptions): Promise<Browser> {
  const { headless = true } = options;
  const browser = await puppeteer.launch({
    executablePath: candidate.executable,
    headless: headless && candidate.bundled ? "shell" : headless,
    args: flags(options, candidate),
    env: { ...process.env, ...candidate.env },
    handleSIGINT: !options.leaveInterrupts,
    handleSIGTERM: !options.leaveInterrupts,
    // Software adapters answer late when the machine is busy.
    protocolTimeout: 600_000,
  });
  try {
    await requireAdapter(browser);
    return browser;
  } catch (error) {
    await browser.close();
    throw error;
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

/**
 * Start Chromium and make sure that it has a WebGPU adapter.
 *
 * `options.executable`, else `$CHROME_PATH` or `$PUPPETEER_EXECUTABLE_PATH`, is used or the call fails. Otherwise
 * the first works of: Chrome or Chromium on PATH and in the usual places, the bundled one.
 *
 * @throws one error that names each program tried and why it didn't serve.
 */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const { CHROME_PATH, PUPPETEER_EXECUTABLE_PATH } = process.env;
  const chosen = options.executable || CHROME_PATH || PUPPETEER_EXECUTABLE_PATH;
  const paths = chosen
    ? [chosen]
    : [...new Set([...onPath(), ...usualPlaces()])].filter(existsSync);
  if (!chosen) paths.push("bundled");
  const failures: string[] = [];
  for (const path of paths) {
    try {
      return await launch(path === "bundled" ? await bundled() : installed(path), options);
    } catch (error) {
      failures.push(`${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new Error(
    `no Chromium with WebGPU could be started. Install Chrome, or set CHROME_PATH. Tried:\n${failures.join("\n")}`,
  );
}
